import type { JobId } from '@arras/contract';
import { type FedEvent, mayRead, placeOf } from '../database/feed.ts';
import type { StreamCondition } from '../database/streams.ts';
import type { Viewer } from '../database/systems.ts';
import type { Verdicts } from './judge.ts';

/** What a search asks of an event and its job. */
export interface Search {
  /** The same for searches that ask the same. */
  readonly key: string;
  readonly condition: StreamCondition;
}

/** Which events a stream of many jobs carries. */
export type Scope =
  /** Of the viewer's jobs and those shared with them, as in their list; `ofEverybody`: of all jobs there are. */
  | { readonly kind: 'list'; readonly ofEverybody: boolean }
  /** Of these jobs. */
  | { readonly kind: 'jobs'; readonly ids: ReadonlySet<JobId> }
  /** Of the jobs of one user, which the viewer is or administers. */
  | { readonly kind: 'owner'; readonly owner: string }
  /** Of those among the same that a search finds. */
  | { readonly kind: 'search'; readonly search: Search; readonly ofEverybody: boolean };

/** An event, as far as it decides whose streams carry it. */
export type JudgedEvent = Pick<FedEvent, 'job_id' | 'seq' | 'owner' | 'readers' | 'visible'>;

/** Whether an event belongs into a stream of its viewer. Rights count as they are now. */
export function covers(scope: Scope, viewer: Viewer, event: JudgedEvent, verdicts: Verdicts): boolean {
  if (verdicts.hidden.size > 0 && verdicts.hidden.has(placeOf(event))) return false;
  switch (scope.kind) {
    case 'list':
      return scope.ofEverybody || mayRead(event, viewer.username);
    case 'jobs':
      return scope.ids.has(event.job_id) && (viewer.isAdmin || mayRead(event, viewer.username));
    case 'owner':
      return event.owner === scope.owner;
    case 'search':
      return (
        (scope.ofEverybody || mayRead(event, viewer.username)) &&
        verdicts.found.get(scope.search.key)?.has(placeOf(event)) === true
      );
  }
}
