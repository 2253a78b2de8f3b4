import type { FieldProblem } from '@arras/contract';

/** Problems of a request by the fields of the form. */
export interface PlacedProblems {
  /** What is to be said at a field of the form, by its path. */
  readonly atField: ReadonlyMap<string, readonly string[]>;
  /** What belongs to no field of the form. */
  readonly elsewhere: readonly FieldProblem[];
}

/**
 * Puts each problem to the field that it is about: `inputs.dataset.2` belongs to `inputs.dataset`, the nearest field that
 * the form has.
 */
export function placeProblems(problems: readonly FieldProblem[], fields: readonly string[]): PlacedProblems {
  const atField = new Map<string, readonly string[]>();
  const elsewhere: FieldProblem[] = [];
  for (const problem of problems) {
    const home = findField(problem.field, fields);
    if (home === null) elsewhere.push(problem);
    else atField.set(home, [...(atField.get(home) ?? []), problem.message]);
  }
  return { atField, elsewhere };
}

function findField(field: string, fields: readonly string[]): string | null {
  const homes = fields.filter(
    (known) => field === known || (/^[.[]/.test(field.slice(known.length)) && field.startsWith(known)),
  );
  return homes.toSorted((one, other) => other.length - one.length)[0] ?? null;
}
