import type { JobRequestBody } from '@arras/contract';

/** A request as it is while somebody writes it: not everything has its type yet, which the service says. */
export type Draft = Readonly<Record<string, unknown>>;

/** The part of a draft that holds values by id. */
export type ValueHome = 'inputs' | 'parameters';

/** The values of a part; none where the draft has something else there. */
export function valuesOf(draft: Draft, home: ValueHome): Readonly<Record<string, unknown>> {
  const values = draft[home];
  return typeof values === 'object' && values !== null && !Array.isArray(values) ? { ...values } : {};
}

/** The draft with a field of its own; undefined takes the field away. */
export function withField(draft: Draft, name: string, value: unknown): Draft {
  const { [name]: _, ...rest } = draft;
  // A field that was there keeps its place: the JSON must not jump about.
  if (value === undefined) return rest;
  return name in draft ? { ...draft, [name]: value } : { ...rest, [name]: value };
}

/** The draft with a value of an input or a parameter; undefined takes it away. */
export function withValue(draft: Draft, home: ValueHome, id: string, value: unknown): Draft {
  return { ...draft, [home]: withField(valuesOf(draft, home), id, value) };
}

/** A value as it stands in a field of one line. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

/** A value as it stands in a field of several lines: one each. */
export function linesOf(value: unknown): string {
  return Array.isArray(value) ? value.map(textOf).join('\n') : textOf(value);
}

/** A number where the text is one as JavaScript writes it; any other text stays, so that nothing typed is lost. */
export function numberOf(text: string): number | string {
  return text !== '' && String(Number(text)) === text ? Number(text) : text;
}

/** What cannot be left out of a template: optional values without a default say nothing, and only fill the page. */
export function withoutBlanks(request: JobRequestBody, isRequired: (id: string) => boolean): Draft {
  const keep = (values: Readonly<Record<string, unknown>> = {}) =>
    Object.fromEntries(Object.entries(values).filter(([id, value]) => isRequired(id) || !isBlank(value)));
  return { ...request, inputs: keep(request.inputs), parameters: keep(request.parameters) };
}

function isBlank(value: unknown): boolean {
  return value === '' || value === null || (Array.isArray(value) && value.length === 0);
}

/** What came of reading a request from JSON. */
export type ReadDraft = { readonly draft: Draft } | { readonly problem: string };

/** Reads a request from the text of the JSON tab. */
export function readDraft(text: string): ReadDraft {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { draft: { ...value } };
    return { problem: 'expected a JSON object, such as {"name": "…", "appId": "…"}' };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
