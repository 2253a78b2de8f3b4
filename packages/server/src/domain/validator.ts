import re2 from 're2-wasm/build/wasm/re2.js';
import { estimatePatternSize, MAX_PATTERN_SIZE } from './pattern-size.ts';

/**
 * Regular expressions of app authors, run by RE2: linear in the value, whatever the pattern (RELIABILITY R14). They
 * are a convenience of the app, not a boundary.
 *
 * RE2 is called below its JavaScript wrapper, which leaks a little of the 16 MiB it has with every pattern, and whose
 * memory nobody can free. What it has must never run out: it would not work again before a restart. Measured: one
 * `[\p{L}]{1,300}q` is enough, and takes 2 s. Hence the limit on the size of patterns, and one pattern at a time.
 */
type Regex = InstanceType<typeof re2.WrappedRE2> & { readonly delete: () => void };

/** The pattern that was used last: a list of values is checked against one. */
let kept: { readonly pattern: string; readonly regex: Regex } | null = null;

/** Patterns that were found usable, of which each would be compiled once more to see it. */
const usable = new Set<string>();
const MAX_USABLE = 1_000;
const MAX_USABLE_LENGTH = 300;

/** Why a pattern cannot be used, as the rest of a sentence that begins with the field's name; null when it can. */
export function findPatternProblem(pattern: string): string | null {
  if (usable.has(pattern)) return null;
  if (estimatePatternSize(pattern) > MAX_PATTERN_SIZE) {
    return 'is too large: use * or + in place of large repetition counts, and fewer Unicode classes';
  }
  if (hasClassIntersection(pattern))
    return 'holds && in a character class, which is not supported; write the class out';
  const regex = compile(pattern);
  const problem = regex.ok() ? null : `is not a regular expression that can be run here: ${regex.error()}`;
  regex.delete();
  if (usable.size >= MAX_USABLE) usable.clear();
  if (problem === null && pattern.length <= MAX_USABLE_LENGTH) usable.add(pattern);
  return problem;
}

/**
 * Whether a pattern matches somewhere in a value (the original's `find`, not a full match).
 * Throws a RangeError for a pattern that {@link findPatternProblem} objects to: none such is stored.
 */
export function findsMatch(pattern: string, value: string): boolean {
  return keep(pattern).match(value, 0, false).index >= 0;
}

function keep(pattern: string): Regex {
  if (kept?.pattern === pattern) return kept.regex;
  const problem = findPatternProblem(pattern);
  if (problem !== null) throw new RangeError(`expected a usable pattern, got one that ${problem}`);
  kept?.regex.delete();
  const regex = compile(pattern);
  kept = { pattern, regex };
  return regex;
}

function compile(pattern: string): Regex {
  // JavaScript and Java write named groups `(?<name>`, RE2 `(?P<name>`; lookbehinds are left for RE2 to refuse.
  const named = pattern.replaceAll(/\(\?<(?![=!])/g, '(?P<');
  return new re2.WrappedRE2(named, false, false, false) as Regex;
}

/** Java intersects classes: `[a-z&&[^aeiou]]`. RE2 takes it, but means something else. */
function hasClassIntersection(pattern: string): boolean {
  const withoutEscapes = pattern.replaceAll(/\\./gs, '__');
  return /\[[^\]]*&&/.test(withoutEscapes);
}
