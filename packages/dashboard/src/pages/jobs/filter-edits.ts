import { type FilterTerm, findFilterKey, type JobStatus, parseFilter, renderFilter } from '@arras/contract';

/** Terms of a filter that choose jobs, without those that order or cut the list. */
export function choosingTerms(terms: readonly FilterTerm[]): readonly FilterTerm[] {
  return terms.filter(({ key }) => key === null || !['sort', 'limit'].includes(key.toLowerCase()));
}

/** The filter without one of its terms. */
export function withoutTerm(terms: readonly FilterTerm[], index: number): string {
  return renderFilter(terms.toSpliced(index, 1));
}

/** The filter without what it says of statuses: what the numbers on the chips of statuses count. */
export function withoutStatuses(terms: readonly FilterTerm[]): string {
  return renderFilter(terms.filter((term) => !isAboutStatus(term)));
}

/** The statuses that the filter names one by one; empty when it names none. */
export function chosenStatuses(terms: readonly FilterTerm[]): readonly string[] {
  const term = terms.find(isStatusList);
  return term === undefined ? [] : term.values.map(({ text }) => text.toUpperCase());
}

/** Takes a status into the filter, or out of it; a filter without a status left has no term about statuses. */
export function toggleStatus(terms: readonly FilterTerm[], status: JobStatus): string {
  const chosen = chosenStatuses(terms);
  const next = chosen.includes(status) ? chosen.filter((each) => each !== status) : [...chosen, status];
  const others = terms.filter((term) => !isStatusList(term)).map(({ text }) => text);
  const ours = next.length === 0 ? [] : [`status:${next.join(',').toLowerCase()}`];
  return [...ours, ...others].join(' ');
}

/** How the list is ordered. */
export interface ListOrder {
  /** A field of the API. */
  readonly field: string;
  readonly descending: boolean;
}

/** Puts the order into the filter; the key is a key of the grammar, such as `created`. */
export function withOrder(
  terms: readonly FilterTerm[],
  { key, descending }: { readonly key: string; readonly descending: boolean },
): string {
  const others = terms.filter((term) => term.key?.toLowerCase() !== 'sort').map(({ text }) => text);
  return [...others, `sort:${descending ? '-' : ''}${key}`].join(' ');
}

/** A filter with one term less. */
export interface WiderFilter {
  /** The term that is left out, as it is written. */
  readonly without: string;
  readonly filter: string;
}

/** Variants that are worth a question to the service, when a filter finds nothing. */
const MOST_WIDER = 6;

/** The nearest wider filters: each without one term that chooses jobs. */
export function findWiderFilters(terms: readonly FilterTerm[]): readonly WiderFilter[] {
  const choosing = choosingTerms(terms);
  if (choosing.length < 2) return [];
  return choosing
    .slice(0, MOST_WIDER)
    .map((term) => ({ without: term.text, filter: withoutTerm(terms, terms.indexOf(term)) }));
}

/** The terms of a filter that is known to be sound, such as one that {@link toggleStatus} made; none when it is not. */
export function termsOf(text: string): readonly FilterTerm[] {
  const parsed = parseFilter(text, { now: new Date(0) });
  return parsed.ok ? parsed.value.terms : [];
}

function isAboutStatus({ key }: FilterTerm): boolean {
  return key !== null && findFilterKey(key)?.field === 'status';
}

/** `status:failed,killed`: no pattern, and not turned round. */
function isStatusList(term: FilterTerm): boolean {
  const { negated, operator, values } = term;
  return isAboutStatus(term) && !negated && operator === '' && !values.some(({ text }) => text.includes('*'));
}
