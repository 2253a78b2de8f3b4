import { posix } from 'node:path';

// What has a meaning in a pattern: * ** ? [a-z] {a,b}
const MARKS = /[*?[{]/;

/** A pattern of paths, cut where its first mark is. */
export interface Glob {
  /** The directory below which all that fits must be. */
  readonly base: string;
  /** The pattern below that directory; null when the whole is a plain path. */
  readonly pattern: string | null;
  /** What fits may be in directories below. */
  readonly isDeep: boolean;
}

/** Reads a path that may hold `*`, `**`, `?`, `[a-z]` and `{a,b}`. */
export function parseGlob(text: string): Glob {
  const parts = text.split('/');
  const first = parts.findIndex((part) => MARKS.test(part));
  if (first === -1) return { base: text, pattern: null, isDeep: true };
  const pattern = parts.slice(first).join('/').replace(/\/+$/, '');
  // A path from the top keeps its slash.
  const base = first === 1 && parts[0] === '' ? '/' : parts.slice(0, first).join('/');
  return { base, pattern, isDeep: pattern.includes('/') || pattern.includes('**') };
}

/** True for paths that fit, and for the one that is written exactly like the pattern. Names with a dot before them only fit patterns with one. */
export function fitsGlob(path: string, pattern: string): boolean {
  return path === pattern || posix.matchesGlob(path, pattern);
}
