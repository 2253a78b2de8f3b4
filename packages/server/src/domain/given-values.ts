import { type JobRequest, listValues, type Scalar } from '@arras/contract';

/** The part of a request that holds the values of inputs and parameters. */
export type ValueRequest = Pick<JobRequest, 'inputs' | 'parameters' | 'topLevel'>;

/** What a request gives for one input or parameter. */
export interface GivenValues {
  /** Dotted path as the user wrote it; where it would stand when nothing was given. */
  readonly field: string;
  /** Empty when nothing was given: null and blank values count as nothing. */
  readonly values: readonly Scalar[];
}

/** The definition of an input or parameter, as far as counting its values goes. */
export interface Countable {
  readonly id: string;
  readonly semantics: { readonly minCardinality: number; readonly maxCardinality: number };
}

/**
 * Finds the values of an input or parameter in `inputs`, `parameters` or at the top level, in this order (the
 * original flattens all three into one). A text is split at `;` only where several values are possible: a single
 * value reaches the job byte for byte, semicolons included (RELIABILITY S4).
 */
export function findGivenValues(
  request: ValueRequest,
  definition: Countable,
  home: 'inputs' | 'parameters',
): GivenValues {
  const { id, semantics } = definition;
  const places = [
    { field: `inputs.${id}`, values: request.inputs },
    { field: `parameters.${id}`, values: request.parameters },
    { field: id, values: request.topLevel },
  ];
  for (const { field, values } of places) {
    const value = Object.hasOwn(values, id) ? values[id] : undefined;
    if (value === undefined) continue;
    const whole = typeof value === 'string' && semantics.maxCardinality === 1;
    const listed = listValues(whole ? [value] : value);
    if (listed.length > 0) return { field, values: listed };
  }
  return { field: `${home}.${id}`, values: [] };
}

/** What is wrong with the number of values, or null. */
export function findCountProblem({ semantics }: Countable, count: number): string | null {
  const { minCardinality: least, maxCardinality: most } = semantics;
  if (count < least) return `expected at least ${least} ${least === 1 ? 'value' : 'values'}, got ${count}`;
  if (most !== -1 && count > most) {
    return `expected at most ${most} ${most === 1 ? 'value' : 'values'}, got ${count}`;
  }
  return null;
}
