import { JobFault } from '../domain/failure.ts';
import { parseInputUri } from '../domain/input-uri.ts';
import type { EngineContext } from './context.ts';
import type { Place } from './targets.ts';

/** An input of a job and where its bytes are. */
export interface Input {
  readonly uri: string;
  readonly place: Place;
  /** Relative to the root of the place's storage. */
  readonly path: string;
}

/** Inputs were made absolute (`agave://system/path`) when the job was accepted. Throws JobFault for one that is nowhere. */
export async function findInput(context: EngineContext, uri: string): Promise<Input> {
  const location = parseInputUri(uri, { systemId: '' });
  if (location.kind === 'invalid') throw new JobFault(`input ${uri}: ${location.reason}`);
  if (location.kind === 'url') {
    return { uri, place: context.targets.openUrl(location.url), path: `/${location.name}` };
  }
  const place = await context.targets.getPlace(location.systemId);
  return { uri, place, path: place.resolve(location.path) };
}
