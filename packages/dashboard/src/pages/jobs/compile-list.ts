import { type FilterContext, type FilterProblem, type FilterTerm, parseFilter } from '@arras/contract';
import type { ListRequest } from './job-list.ts';
import { chipCountsQuery, conditionsOf, listQueryOf, type Query } from './list-query.ts';

/** A filter as the list needs it, or what is wrong with it. */
export type CompiledList =
  | {
      readonly ok: true;
      readonly terms: readonly FilterTerm[];
      /** As the API is asked, without paging. */
      readonly query: Query;
      readonly request: ListRequest;
    }
  | { readonly ok: false; readonly problem: FilterProblem };

/** Compiles a filter to what the list asks for. */
export function compileList(text: string, context: Required<FilterContext>): CompiledList {
  const parsed = parseFilter(text, context);
  if (!parsed.ok) return { ok: false, problem: parsed.problem };
  const { query: compiled, terms } = parsed.value;
  const list = listQueryOf(compiled);
  const counted = chipCountsQuery(terms, context);
  const isSame = JSON.stringify(counted) === JSON.stringify(conditionsOf(compiled));
  return { ok: true, terms, query: list.query, request: { list, chips: isSame ? null : counted } };
}
