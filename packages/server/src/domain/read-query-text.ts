import { type BodyLimits, scanBody } from './body-scan.ts';

/** A query as data, or what is wrong with its text as the rest of a sentence. */
export type ReadQuery =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/** `JSON.parse` takes any depth; whoever walks through the result does not. */
const LIMITS: BodyLimits = { depth: 32, keys: 1_000 };

/** Texts in either quotes, and what is between them. */
const TOKENS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"']+/gs;

/** What Python writes for true, false and null, as words of their own. */
const PYTHON_WORDS: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };

/**
 * Reads a query that programs have put into an address: JSON, or what Python prints of a dictionary, such as
 * `{'name': 'x', 'value.ok': True}` (spec: clients). Nothing of it is run.
 */
export function readQueryText(text: string): ReadQuery {
  const asJson = parse(text);
  if (asJson.ok) return asJson;
  const asPython = parse(toJson(text));
  return asPython.ok ? asPython : asJson;
}

function parse(text: string): ReadQuery {
  if (scanBody(Buffer.from(text), LIMITS) !== 'fine')
    return { ok: false, problem: 'is nested too deeply or too large' };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, problem: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function toJson(text: string): string {
  return (text.match(TOKENS) ?? []).map(tokenToJson).join('');
}

function tokenToJson(token: string): string {
  if (token.startsWith('"')) return token;
  if (!token.startsWith("'"))
    return token.replaceAll(/\b(?:True|False|None)\b/g, (word) => PYTHON_WORDS[word] ?? word);
  const content = token.slice(1, -1).replaceAll(/\\(.)|"/gs, (whole, escaped?: string) => {
    if (escaped === "'") return "'";
    return escaped === undefined ? String.raw`\"` : whole;
  });
  return `"${content}"`;
}
