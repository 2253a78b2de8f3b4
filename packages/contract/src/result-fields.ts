import { z } from 'zod';
import { type OperationId, routeOf } from './routes.ts';

/**
 * The names of the fields that a result of an operation can have, each entry of a list for itself; in the order of the
 * reference. Empty for an operation without a result, or with raw bytes.
 */
export function resultFields(operationId: OperationId): readonly string[] {
  const { success, alternatives = [] } = routeOf(operationId);
  const names = [success, ...alternatives].flatMap(({ schema }) =>
    schema === null || schema === 'bytes' ? [] : namesOf(schema),
  );
  return [...new Set(names)];
}

function namesOf(schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodArray) return namesOf(schema.element);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(namesOf);
  if (schema instanceof z.ZodIntersection) return [schema.def.left, schema.def.right].flatMap(namesOf);
  return [];
}
