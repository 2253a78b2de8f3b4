import { findJobSearchField, JOB_SEARCH_FIELD_NAMES, suggestion } from '@arras/contract';
import { Refusal } from './refusal.ts';

/** Modifiers of the Tapis command line that are not operators of the API: patterns at one end or at both. */
const PATTERNS: Readonly<Record<string, (value: string) => string>> = {
  like: (value) => (value.includes('*') ? value : `*${value}*`),
  start: (value) => `${value}*`,
  end: (value) => `*${value}`,
};

/**
 * Reads `--status eq FAILED --app-id start pyplot` as parameters of the API's listing. Whether a field takes a
 * modifier the service knows.
 *
 * @throws Refusal for conditions that are not three words, and for unknown fields.
 */
export function parseSearch(words: readonly string[]): Readonly<Record<string, string>> {
  const query: Record<string, string> = {};
  for (let at = 0; at < words.length; at += 3) {
    const [flag = '', modifier = '', value] = words.slice(at, at + 3);
    if (!flag.startsWith('--') || value === undefined) throw notThreeWords(flag);
    const field = findJobSearchField(flag.replaceAll('-', ''));
    if (field === null) throw unknownField(flag);
    const pattern = Object.hasOwn(PATTERNS, modifier) ? PATTERNS[modifier] : undefined;
    const [parameter, text] =
      pattern === undefined ? [`${field}.${modifier}`, value] : [`${field}.like`, pattern(value)];
    if (Object.hasOwn(query, parameter)) throw givenTwice(flag);
    query[parameter] = text;
  }
  return query;
}

const WHAT_TO_WRITE = "Write --status eq FAILED, or use a filter: arras jobs list 'status:failed'.";

function notThreeWords(flag: string): Refusal {
  return new Refusal({
    what: `The condition that begins with "${flag}" is not complete.`,
    why: 'Expected --FIELD MODIFIER VALUE, any number of times.',
    todo: WHAT_TO_WRITE,
  });
}

function unknownField(flag: string): Refusal {
  const name = flag.replaceAll('-', '');
  return new Refusal({
    what: `Jobs have no field "${name}"${suggestion(name, JOB_SEARCH_FIELD_NAMES)}`,
    why: `The fields are ${JOB_SEARCH_FIELD_NAMES.join(', ')}.`,
    todo: WHAT_TO_WRITE,
  });
}

function givenTwice(flag: string): Refusal {
  return new Refusal({
    what: `${flag} is given twice with the same modifier.`,
    why: 'All conditions hold at once.',
    todo: WHAT_TO_WRITE,
  });
}
