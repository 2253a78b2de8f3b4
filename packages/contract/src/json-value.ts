import { z } from 'zod';
import { expected } from './expectation.ts';
import { isRecord } from './parse-body.ts';
import { isStorable, wireShapes } from './scalars.ts';

/** Any JSON value, null included, whose texts can be stored: no NUL, no lone surrogate. */
export function jsonValue(what: string) {
  const schema = z
    .unknown()
    .refine((value) => value !== undefined, { error: expected(what) })
    .refine(isStorableJson, { error: `expected ${what} whose texts have no NUL characters; remove them` });
  wireShapes.add(schema, {});
  return schema;
}

/** Whether all texts and names in a value can be stored. */
export function isStorableJson(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (Array.isArray(value)) return value.every(isStorableJson);
  if (!isRecord(value)) return true;
  return Object.entries(value).every(([name, item]) => isStorable(name) && isStorableJson(item));
}
