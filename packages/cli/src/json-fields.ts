import { type OperationId, resultFields, suggestion } from '@arras/contract';
import { Refusal } from './refusal.ts';

/** What stands for all fields: the API's own word. */
export const ALL_FIELDS = '*';

/** The fields that the results of these operations can have. */
export function fieldsOf(operations: readonly OperationId[]): readonly string[] {
  return [...new Set(operations.flatMap(resultFields))];
}

/** The names in `id, status`. */
export function splitFields(text: string): readonly string[] {
  return text.split(',').map((field) => field.trim());
}

/**
 * Refuses --json without fields, as gh does with the list of them, and fields that there are not. Of a dotted path
 * only the beginning is looked at: what inputs and parameters are called is the app's matter.
 */
export function checkFields(json: string | true, operations: readonly OperationId[]): void {
  const known = fieldsOf(operations);
  if (json === true) {
    throw new Refusal({
      what: '--json needs the names of fields, with commas between them.',
      why: `They are ${known.join(', ')}.`,
      todo: "Write --json id,status; -v or --json '*' prints everything.",
    });
  }
  if (json === ALL_FIELDS) return;
  const unknown = splitFields(json).find((field) => !known.includes(field.split('.')[0] ?? ''));
  if (unknown === undefined) return;
  throw new Refusal({
    what: `There is no field "${unknown}"${suggestion(unknown, known)}`,
    why: `The fields are ${known.join(', ')}.`,
    todo: "Write --json id,status; -v or --json '*' prints everything.",
  });
}
