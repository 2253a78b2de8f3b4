import { parseFilter } from '@arras/contract';
import { Refusal } from './refusal.ts';

/**
 * A filter as parameters of the API's listing.
 *
 * @throws Refusal that points at what is wrong.
 */
export function compileFilter(text: string): Readonly<Record<string, string>> {
  const result = parseFilter(text, { now: new Date() });
  if (result.ok) return result.value.query;
  throw new Refusal({
    what: 'The filter cannot be understood.',
    why: result.problem.message,
    todo: 'arras help filters',
  });
}
