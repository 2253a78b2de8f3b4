import { text } from 'node:stream/consumers';
import type { JobRow } from '../database/tables.ts';
import { JobFault } from '../domain/failure.ts';
import { joinPath } from '../domain/paths.ts';
import type { AppDefinition } from './app-definitions.ts';
import type { Place } from './targets.ts';

/** Templates are programs, not data: a larger one is a mistake. */
const MAX_TEMPLATE_BYTES = 1024 * 1024;

/**
 * Milliseconds for which a template is taken to be as it was read: of many jobs that start together only one reads it. A
 * developer who changes it and submits again a moment later gets the new one.
 */
const READ_AGAIN_MS = 1_000;

interface Read {
  readonly at: number;
  readonly template: Promise<string>;
}

/** Reads the wrapper templates of apps where these are deployed. */
export class AppTemplates {
  readonly #reads = new Map<string, Read>();

  /** The template of the app revision the job was submitted with. Rejects as the storage does, or with `JobFault`. */
  get(place: Place, app: AppDefinition, job: Pick<JobRow, 'app_uuid' | 'app_revision'>): Promise<string> {
    const now = performance.now();
    for (const [key, { at }] of this.#reads) if (now - at > READ_AGAIN_MS) this.#reads.delete(key);
    const path = joinPath(place.resolve(app.deploymentPath), app.templatePath);
    const key = JSON.stringify([place.filesKey, path, job.app_uuid, job.app_revision]);
    const known = this.#reads.get(key);
    if (known) return known.template;
    const template = readTemplate(place, path);
    this.#reads.set(key, { at: now, template });
    // A failed read must not be remembered.
    template.catch(() => this.#reads.delete(key));
    return template;
  }
}

async function readTemplate({ storage }: Place, path: string): Promise<string> {
  const { info, stream } = await storage.open(path);
  if (info.sizeBytes > MAX_TEMPLATE_BYTES) {
    stream.destroy();
    throw new JobFault(
      `the app's wrapper template has ${info.sizeBytes} bytes, more than ${MAX_TEMPLATE_BYTES}`,
    );
  }
  return text(stream);
}
