import type { Keyword } from './keyword.ts';
import { LIST_KEYWORDS } from './list-keywords.ts';
import { LOGIC_KEYWORDS } from './logic-keywords.ts';
import { NUMBER_KEYWORDS } from './number-keywords.ts';
import { OBJECT_KEYWORDS } from './object-keywords.ts';
import { TEXT_KEYWORDS } from './text-keywords.ts';

/** The keywords of JSON Schema, drafts 4 to 2020-12, that judge values here: https://json-schema.org/specification */
const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  Object.entries<Keyword>({
    ...LOGIC_KEYWORDS,
    ...NUMBER_KEYWORDS,
    ...TEXT_KEYWORDS,
    ...LIST_KEYWORDS,
    ...OBJECT_KEYWORDS,
  }),
);

/** Keywords that say something about values which is not judged here: a schema with one would be half obeyed. */
const UNSUPPORTED: readonly string[] = [
  'unevaluatedItems',
  'unevaluatedProperties',
  '$dynamicRef',
  '$recursiveRef',
  'extends',
  'disallow',
  'divisibleBy',
];

/** A keyword by its name; null for a remark to readers. */
export function findKeyword(name: string): Keyword | null {
  return KEYWORDS.get(name) ?? null;
}

/** Whether a schema with this keyword is refused. */
export function isUnsupported(name: string): boolean {
  return UNSUPPORTED.includes(name);
}
