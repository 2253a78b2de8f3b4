/**
 * What a JSON value has to look like. A text names a kind, or several with `|`: `string|null`; `=x` is the text x; an
 * object has at least these keys, a list at least one element, all of the shape.
 */
export type Shape = string | RegExp | readonly [Shape] | { readonly [key: string]: Shape };

const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  absent: (value) => value === undefined,
  null: (value) => value === null,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  array: (value) => Array.isArray(value),
  empty: (value) => Array.isArray(value) && value.length === 0,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  any: (value) => value !== undefined,
  url: (value) => typeof value === 'string' && /^https?:\/\/[^/]+\/./.test(value),
  // 2018-01-26T15:08:02.000-06:00, as the guide writes it.
  date: (value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}([+-]\d\d:\d\d|Z)$/.test(value),
};

/** Where a value is not of the shape, one line each; empty when it fits. */
export function findMisfits(shape: Shape, value: unknown, place = 'body'): string[] {
  if (typeof shape === 'string')
    return isOfKind(shape, value) ? [] : [`${place}: expected ${shape}, got ${show(value)}`];
  if (shape instanceof RegExp)
    return typeof value === 'string' && shape.test(value)
      ? []
      : [`${place}: expected ${shape}, got ${show(value)}`];
  if (isListShape(shape)) return misfitsOfList(shape[0], value, place);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${place}: expected an object, got ${show(value)}`];
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(shape).flatMap(([key, item]) => findMisfits(item, fields[key], `${place}.${key}`));
}

function misfitsOfList(element: Shape, value: unknown, place: string): string[] {
  if (!Array.isArray(value) || value.length === 0)
    return [`${place}: expected a list that is not empty, got ${show(value)}`];
  return value.flatMap((item, index) => findMisfits(element, item, `${place}[${index}]`));
}

function isListShape(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function isOfKind(kinds: string, value: unknown): boolean {
  return kinds
    .split('|')
    .some((kind) => (kind.startsWith('=') ? value === kind.slice(1) : (KINDS[kind]?.(value) ?? false)));
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 300);
}
