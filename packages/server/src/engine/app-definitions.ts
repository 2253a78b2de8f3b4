import type { AppRequest } from '@arras/contract';
import { getAppRevision } from '../database/apps.ts';
import type { Db } from '../database/connection.ts';
import type { JobRow } from '../database/tables.ts';

/** An app as stored: its deployment system is always set. */
export type AppDefinition = AppRequest & { readonly deploymentSystem: string };

/** Definitions kept in memory; the least recently added goes first. */
const MAX_KEPT = 500;

/** Reads app revisions. They never change, so they are read once. */
export class AppDefinitions {
  readonly #db: Db;
  readonly #kept = new Map<string, AppDefinition>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** The definition the job was submitted with. */
  async get(job: Pick<JobRow, 'app_uuid' | 'app_revision'>): Promise<AppDefinition> {
    const key = `${job.app_uuid}/${job.app_revision}`;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    // Written by the app routes from a parsed request, never by hand.
    const definition = (await getAppRevision(
      this.#db,
      job.app_uuid,
      job.app_revision,
    )) as unknown as AppDefinition;
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, definition);
    return definition;
  }
}
