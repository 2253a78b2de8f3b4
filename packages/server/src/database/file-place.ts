import { createHash } from 'node:crypto';
import type { SystemUuid } from '@arras/contract';
import { parentPath } from '../domain/paths.ts';

/** A clean path of a system. */
export interface FilePlace {
  readonly systemUuid: SystemUuid;
  /** Relative to the storage's root, as `domain/paths.ts` makes it. */
  readonly path: string;
}

/** The key of a place: a digest, because a path may be longer than a key of an index. */
export function placeKey({ systemUuid, path }: FilePlace): string {
  return createHash('sha256').update(`${systemUuid}\0${path}`).digest('base64url');
}

/** The keys of all directories above a place. */
export function keysAbove({ systemUuid, path }: FilePlace): readonly string[] {
  const keys: string[] = [];
  for (let at = path; at !== '/'; ) {
    at = parentPath(at);
    keys.push(placeKey({ systemUuid, path: at }));
  }
  return keys;
}
