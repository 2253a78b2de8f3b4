import { z } from 'zod';
import type { FieldProblem } from './errors.ts';
import { describeValue } from './expectation.ts';
import { findNearestWord } from './nearest-word.ts';

/** A parsed request, or everything that is wrong with it. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Other names under which an object schema's fields are accepted. */
export interface BodyRule {
  /** Alias to the field's own name. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Fields which, when given as a plain text, mean another field. */
  readonly textMeans?: Readonly<Record<string, string>>;
  /** Names are accepted in any case, and not only as documented or in lower case. */
  readonly anyCase?: true;
  /** Optional fields for which null and a blank text are values, and do not mean "not given". */
  readonly withBlanks?: readonly string[];
  /** Fields that are not known are refused instead of ignored, but for these, which only the server sets. */
  readonly closed?: { readonly ignored: readonly string[] };
}

/** The rules of object schemas that have any. */
export const bodyRules = z.registry<BodyRule>();

/**
 * Reads a body against a schema and reports all problems at once. One rule for every request: fields that the schema
 * does not know, and fields that only the server sets (owner, status, id of a job …), are ignored; a closed schema
 * ignores the latter alone. Names are accepted
 * as documented, by their aliases, and in lower case; null and blank text mean "not given" for optional fields; where
 * a structure is expected, a text that holds JSON is read as that structure (url-encoded forms).
 */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): Parsed<z.output<Schema>> {
  if (!isRecord(body)) {
    return {
      ok: false,
      problems: [{ field: '', message: `expected a JSON object, got ${describeValue(body)}` }],
    };
  }
  const place: Place = { path: '', written: new Map(), unknown: [] };
  const result = schema.safeParse(toOwnNames(schema, body, place));
  if (result.success && place.unknown.length === 0) return { ok: true, value: result.data };
  const wrong = result.success ? [] : toProblems(result.error, place.written);
  return { ok: false, problems: [...place.unknown, ...wrong] };
}

/** Reads the values of a query, of path parameters or of headers: as {@link parseBody}. */
export function parseValues<Schema extends z.ZodType>(
  schema: Schema,
  values: object,
): Parsed<z.output<Schema>> {
  const result = schema.safeParse(values);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, problems: toProblems(result.error, new Map()) };
}

/**
 * `whenSound(['storage.auth', 'queues.*.name'])`: runs a cross-field check when the fields it reads are sound although
 * others are wrong, so that problems come all at once.
 */
export function whenSound(fields: readonly string[]) {
  const patterns = fields.map((field) => field.split('.'));
  return {
    when: (payload: { readonly issues: readonly { readonly path?: readonly PropertyKey[] | undefined }[] }) =>
      payload.issues.every(
        ({ path = [] }) => path.length > 0 && !patterns.some((pattern) => touches(path, pattern)),
      ),
  };
}

/** True when a problem at `path` lies at, above or below the field. */
function touches(path: readonly PropertyKey[], pattern: readonly string[]): boolean {
  return pattern.every((part, index) => index >= path.length || part === '*' || part === String(path[index]));
}

/** True for a plain object, as JSON and form parsers make them. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toProblems(error: z.ZodError, written: ReadonlyMap<string, string>): FieldProblem[] {
  const problems = error.issues.map(({ path, message }) => ({
    field: nameAsWritten(path.map(String), written),
    message,
  }));
  // A field can break two rules of one kind at once; one sentence about it is enough.
  return problems.filter(
    ({ field }, index) => problems.findIndex((other) => other.field === field) === index,
  );
}

/** Longest written prefix of a path wins: `notifications.0.url` may have been written `Notifications.0.URL`. */
function nameAsWritten(path: readonly string[], written: ReadonlyMap<string, string>): string {
  for (let length = path.length; length > 0; length--) {
    const prefix = written.get(path.slice(0, length).join('.'));
    if (prefix !== undefined) return [prefix, ...path.slice(length)].join('.');
  }
  return path.join('.');
}

interface Place {
  /** Dotted path by our own names. */
  readonly path: string;
  /** Filled with our path to the user's path, where they differ. */
  readonly written: Map<string, string>;
  /** Filled with the fields that a closed schema does not know. */
  readonly unknown: FieldProblem[];
}

function toOwnNames(schema: z.core.$ZodType, given: unknown, place: Place): unknown {
  const target = unwrap(schema);
  const value = isStructure(target) ? readJsonText(given) : given;
  if (target instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item, index) =>
      toOwnNames(target.element, item, { ...place, path: join(place.path, String(index)) }),
    );
  }
  if (target instanceof z.ZodObject && isRecord(value)) return renameFields(target, value, place);
  return value;
}

function renameFields(target: z.ZodObject, value: Readonly<Record<string, unknown>>, place: Place): unknown {
  const rule = bodyRules.get(target) ?? { aliases: {} };
  const names = fieldNames(Object.keys(target.shape), rule.aliases);
  const fields = new Map<string, unknown>();
  // Own names last, so that they win over aliases given beside them.
  const entries = Object.entries(value).toSorted(
    ([a], [b]) => Number(a in target.shape) - Number(b in target.shape),
  );
  for (const [key, item] of entries) {
    const meant = names.get(key) ?? (rule.anyCase === true ? names.get(key.toLowerCase()) : undefined) ?? key;
    const name = isPlainText(item) ? (rule.textMeans?.[meant] ?? meant) : meant;
    // Not what every object inherits, such as toString.
    const field = Object.hasOwn(target.shape, name) ? target.shape[name] : undefined;
    if (field === undefined) {
      if (rule.closed !== undefined) {
        noteUnknown(key, { names: Object.keys(target.shape), ignored: rule.closed.ignored }, place);
      } else if (!names.has(key) && key !== '__proto__') fields.set(key, item);
      continue;
    }
    const mayBeBlank = rule.withBlanks?.includes(name) === true;
    if (isBlank(item) && field._zod.optin !== undefined && !mayBeBlank) continue;
    const path = join(place.path, name);
    const parent = place.written.get(place.path) ?? place.path;
    place.written.set(path, join(parent, key));
    fields.set(name, toOwnNames(field, item, { ...place, path }));
  }
  return Object.fromEntries(fields);
}

function noteUnknown(
  key: string,
  { names, ignored }: { readonly names: readonly string[]; readonly ignored: readonly string[] },
  { path, written, unknown }: Place,
): void {
  if (ignored.some((name) => name.toLowerCase() === key.toLowerCase())) return;
  const nearest = findNearestWord(key, names);
  const hint = nearest === null ? `expected one of ${names.join(', ')}` : `did you mean "${nearest}"?`;
  unknown.push({
    field: join(written.get(path) ?? path, key.toWellFormed()),
    message: `is not known; ${hint}`,
  });
}

/** Every accepted spelling to the field's own name. Own names take part last: they win over aliases. */
function fieldNames(
  own: readonly string[],
  aliases: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const pairs = [...Object.entries(aliases), ...own.map((name) => [name, name] as const)];
  return new Map([...pairs.map(([alias, name]) => [alias.toLowerCase(), name] as const), ...pairs]);
}

/** The schema that says what the JSON looks like, below optional, default and transforming wrappers. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
  ) {
    return unwrap(schema.def.innerType);
  }
  return schema instanceof z.ZodPipe ? unwrap(schema.def.in) : schema;
}

function isStructure(schema: z.core.$ZodType): boolean {
  return schema instanceof z.ZodArray || schema instanceof z.ZodObject || schema instanceof z.ZodRecord;
}

/** Form posts carry structures as JSON text: `[{"url":…}]` (spec: jobs 2). */
function readJsonText(value: unknown): unknown {
  if (typeof value !== 'string' || isPlainText(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    // Not JSON after all: the schema says what it expects instead of this text.
    return value;
  }
}

function isPlainText(value: unknown): value is string {
  return typeof value === 'string' && !/^\s*[[{]/.test(value);
}

function isBlank(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
