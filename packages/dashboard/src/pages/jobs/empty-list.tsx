import type { FilterTerm } from '@arras/contract';
import { call } from '../../api/call.ts';
import { FirstJob } from '../../first-job/first-job.tsx';
import { useCall } from '../../store/use-call.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { compileList } from './compile-list.ts';
import { findWiderFilters, type WiderFilter } from './filter-edits.ts';
import { conditionsOf } from './list-query.ts';

/** What {@link EmptyList} shows. */
export interface EmptyListProps {
  readonly filter: string;
  readonly terms: readonly FilterTerm[];
  readonly viewer: string;
  readonly onFilter: (filter: string) => void;
}

/** No job is here: how the first one comes, or which filter would show some. */
export function EmptyList(props: EmptyListProps) {
  if (props.filter.trim() === '') return <FirstJob title="Nothing yet." />;
  return <NoMatch key={props.filter} {...props} />;
}

function NoMatch({ filter, terms, viewer, onFilter }: EmptyListProps) {
  const { state } = useCall((signal) => findNearest(terms, viewer, signal), [filter]);
  const nearest = state.value;
  return (
    <EmptyState title="No job fits this filter.">
      <p>
        <code>
          <bdi>{filter}</bdi>
        </code>
      </p>
      <p>
        <button type="button" class="button" onClick={() => onFilter('')}>
          Clear the filter
        </button>
      </p>
      {nearest !== null && (
        <p>
          <button type="button" class="button" onClick={() => onFilter(nearest.filter)}>
            Without <bdi>{nearest.without}</bdi>: {nearest.total.toLocaleString('en')}{' '}
            {nearest.total === 1 ? 'job' : 'jobs'}
          </button>
        </p>
      )}
    </EmptyState>
  );
}

/** Of the filters with one term less the one that finds the fewest jobs, but some; null when none does. */
async function findNearest(terms: readonly FilterTerm[], viewer: string, signal: AbortSignal) {
  const counted = await Promise.all(
    findWiderFilters(terms).map(async (wider) => ({ ...wider, total: await countOf(wider, viewer, signal) })),
  );
  const some = counted.filter(({ total }) => total > 0);
  return some.toSorted((one, other) => one.total - other.total)[0] ?? null;
}

async function countOf({ filter }: WiderFilter, viewer: string, signal: AbortSignal): Promise<number> {
  const compiled = compileList(filter, { now: new Date(), username: viewer });
  if (!compiled.ok) return 0;
  const { total } = await call('countJobs', { query: conditionsOf(compiled.query), signal });
  return total;
}
