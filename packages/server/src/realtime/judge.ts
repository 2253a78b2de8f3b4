import type { JobId } from '@arras/contract';
import { placeOf } from '../database/feed.ts';
import type { JudgedEvent, Scope, Search } from './scope.ts';

/** What the database says about some events. */
export interface Verdicts {
  /** Places of events that came after the deletion of their job: nobody hears of them. */
  readonly hidden: ReadonlySet<string>;
  /** Places of the events that each search finds, by its key. */
  readonly found: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What judging asks of the database. */
export interface JudgeSeams {
  readonly findDeletions: (ids: readonly JobId[]) => Promise<ReadonlyMap<JobId, number>>;
  readonly filter: (events: readonly JudgedEvent[], search: Search) => Promise<ReadonlySet<string>>;
}

/** Judges events for all scopes together: no query for most of them, one for each search. */
export async function judge(
  seams: JudgeSeams,
  events: readonly JudgedEvent[],
  scopes: Iterable<Scope>,
): Promise<Verdicts> {
  const searches = new Map<string, Search>();
  for (const scope of scopes) if (scope.kind === 'search') searches.set(scope.search.key, scope.search);
  const found = new Map<string, ReadonlySet<string>>();
  const hidden = await findHidden(seams, events);
  for (const [key, search] of searches)
    found.set(key, events.length === 0 ? new Set() : await seams.filter(events, search));
  return { hidden, found };
}

async function findHidden(seams: JudgeSeams, events: readonly JudgedEvent[]): Promise<ReadonlySet<string>> {
  const ids = new Set(events.filter(({ visible }) => !visible).map(({ job_id }) => job_id));
  if (ids.size === 0) return new Set();
  const deletions = await seams.findDeletions([...ids]);
  const isAfter = (event: JudgedEvent) =>
    !event.visible && event.seq > (deletions.get(event.job_id) ?? Number.POSITIVE_INFINITY);
  return new Set(events.filter(isAfter).map(placeOf));
}
