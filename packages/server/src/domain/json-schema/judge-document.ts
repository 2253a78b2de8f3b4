import { type FieldProblem, isRecord } from '@arras/contract';
import { canonicalJson } from '../canonical-json.ts';
import { estimatePatternSize } from '../pattern-size.ts';
import { FINE, type Judge, type Judged, type SchemaObject } from './keyword.ts';
import { findKeyword } from './keywords.ts';
import { createReferences } from './references.ts';

/** What came of judging a document. */
export type DocumentVerdict =
  | { readonly kind: 'follows' }
  | { readonly kind: 'differs'; readonly problems: readonly FieldProblem[] }
  /** The schema asks for more work than anybody gets: it branches or refers to itself without end. */
  | { readonly kind: 'too-much' };

/**
 * Steps for one document: each is a schema put to a value, and what is long costs more. A list of 1,000 objects with ten
 * properties each takes a fifth of them.
 */
const MAX_STEPS = 100_000;

/** Schemas within schemas within schemas: documents themselves go 64 levels deep. */
const MAX_DEPTH = 256;

/** Characters that cost a step, where they are only gone through. */
const CHARACTERS_PER_STEP = 20;

/** Items of a list, or properties of an object, that cost a step. */
const ITEMS_PER_STEP = 10;

/**
 * A character that a regular expression reads costs a whole step: at worst it takes three microseconds, ten times as long as
 * usual. Steps that another regular expression than the last one costs, because it is compiled.
 */
const PATTERN_STEPS = 50;

/** The same by the size of the expression: the largest takes 15 ms, and two in turn would be compiled for each item of a list. */
const STEPS_PER_SIZE = 15;

/** Problems that are told at once. */
const MAX_PROBLEMS = 20;

/** Drafts in which nothing counts beside a `$ref`. */
const ALONE = /^https?:\/\/json-schema\.org\/draft-0[3-7]\//;

class TooMuch extends Error {
  override readonly name = 'TooMuch';
}

/** What judging works with. */
export interface JudgeSeams {
  /** Whether a pattern matches somewhere in a text, in time linear in the text. */
  readonly findsMatch: (pattern: string, text: string) => boolean;
}

/**
 * Judges a document by a schema to which `findSchemaProblems` has no objection. The schema is interpreted and never becomes
 * code, and the work is counted, so that no schema keeps the service busy.
 */
export function judgeDocument(
  schema: unknown,
  { field, value }: { readonly field: string; readonly value: unknown },
  seams: JudgeSeams,
): DocumentVerdict {
  try {
    const problems = createJudge(schema, seams).apply(schema, { field, value });
    return problems.length === 0
      ? { kind: 'follows' }
      : { kind: 'differs', problems: problems.slice(0, MAX_PROBLEMS) };
  } catch (error) {
    if (error instanceof TooMuch) return { kind: 'too-much' };
    throw error;
  }
}

function createJudge(root: unknown, { findsMatch }: JudgeSeams): Judge {
  const findReferred = createReferences(root);
  const isRefAlone = isRecord(root) && ALONE.test(String(root['$schema']));
  let steps = 0;
  let depth = 0;
  let lastPattern: string | null = null;
  const spend = (more: number) => {
    steps += more;
    if (steps > MAX_STEPS) throw new TooMuch();
  };
  const judge: Judge = {
    apply(schema, judged) {
      spend(1);
      if (schema === false) return [{ field: judged.field, message: 'is not allowed by the schema' }];
      if (!isRecord(schema)) return FINE;
      depth += 1;
      if (depth > MAX_DEPTH) throw new TooMuch();
      const problems = checkAll(schema, judged, { judge, spend, isRefAlone });
      depth -= 1;
      return problems;
    },
    matches(pattern, text) {
      spend(1 + text.length + (pattern === lastPattern ? 0 : costOfCompiling(pattern)));
      lastPattern = pattern;
      return findsMatch(pattern, text);
    },
    textOf(value) {
      const text = canonicalJson(value);
      spend(1 + text.length / CHARACTERS_PER_STEP);
      return text;
    },
    isSame: (one, other) =>
      isPlain(one) || isPlain(other) ? one === other : judge.textOf(one) === judge.textOf(other),
    follow: findReferred,
  };
  return judge;
}

/** Whatever a keyword goes through is paid before, and what it finds after. */
function checkAll(
  schema: SchemaObject,
  judged: Judged,
  {
    judge,
    spend,
    isRefAlone,
  }: { readonly judge: Judge; readonly spend: (steps: number) => void; readonly isRefAlone: boolean },
): readonly FieldProblem[] {
  const counting = isRefAlone && Object.hasOwn(schema, '$ref') ? { $ref: schema['$ref'] } : schema;
  return Object.entries(counting).flatMap(([name, given]) => {
    const check = findKeyword(name)?.check;
    if (check === undefined) return FINE;
    spend(costOf(given) + costOf(judged.value));
    const problems = check(given, judged, { judge, schema });
    spend(problems.length);
    return problems;
  });
}

function costOfCompiling(pattern: string): number {
  return PATTERN_STEPS + pattern.length + STEPS_PER_SIZE * estimatePatternSize(pattern);
}

function costOf(value: unknown): number {
  if (typeof value === 'string') return value.length / CHARACTERS_PER_STEP;
  if (typeof value !== 'object' || value === null) return 0;
  return (Array.isArray(value) ? value.length : Object.keys(value).length) / ITEMS_PER_STEP;
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
