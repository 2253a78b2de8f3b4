import { findPatternProblem } from './validator.ts';

/**
 * Regular expressions of searches run inside PostgreSQL. RE2's rules keep out what makes them slow there
 * (back-references, look-around, size); this keeps out what only one of the two knows, or both read differently:
 * https://www.postgresql.org/docs/current/functions-matching.html, https://github.com/google/re2/wiki/Syntax
 */

/** The most PostgreSQL accepts in `{n,m}`. */
const MAX_REPETITION = 255;

/** Escapes that mean the same in both, and those that {@link renderSearchPattern} translates. */
const COMMON_ESCAPE = /^(?:[\W_]|[dDwWsSaftnrvAbBz])$/s;

/** Why a pattern cannot be used in a search, as the rest of a sentence that begins with the field's name; or null. */
export function findSearchPatternProblem(pattern: string): string | null {
  const problem = findPatternProblem(pattern);
  if (problem !== null) return problem;
  const group = /\(\?(?!:)/.exec(withoutEscapes(bodyOf(pattern)));
  if (group !== null) return 'holds a group that begins with (?, which searches do not support; use ( or (?:';
  for (const [, escape = ''] of pattern.matchAll(/\\(.)/gsu)) {
    if (!COMMON_ESCAPE.test(escape)) return `holds \\${escape}, which searches do not support`;
  }
  const tooMany = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].some(([, least = '0', most = '0']) =>
    [least, most].some((count) => Number(count) > MAX_REPETITION),
  );
  return tooMany ? `repeats something more than ${MAX_REPETITION} times; use * or +` : null;
}

/** The pattern as PostgreSQL reads it; it is matched in any case. */
export function renderSearchPattern(pattern: string): string {
  const translated = bodyOf(pattern).replaceAll(/\\(.)/gsu, (whole, escape: string) => {
    const own: Readonly<Record<string, string>> = { b: String.raw`\y`, B: String.raw`\Y`, z: String.raw`\Z` };
    return own[escape] ?? whole;
  });
  // Without it `***` at the beginning would choose another syntax.
  return `(?:)${translated}`;
}

/** Searches are without regard to case as they are. */
function bodyOf(pattern: string): string {
  return pattern.replace(/^\(\?i\)/, '');
}

/** Neither escapes nor what stands in a class opens a group. */
function withoutEscapes(pattern: string): string {
  return pattern.replaceAll(/\\./gs, '__').replaceAll(/\[\^?\]?[^\]]*\]/g, '_');
}
