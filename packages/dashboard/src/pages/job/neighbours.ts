import type { JobView } from '@arras/contract';
import { call } from '../../api/call.ts';
import { tryCall } from '../../api/try-call.ts';
import { findLastList, replaceLastList } from '../../last-list/last-list.ts';
import { findNeighbour, type ListedJobs, withRows } from '../../last-list/listed-jobs.ts';
import { navigate } from '../../routing/place.ts';
import { say } from '../../ui/toasts.tsx';

/** Above in the list (-1) or below (1). */
export type Step = -1 | 1;

/** Rows of the list that are read together. */
const ROWS = 50;

/**
 * Shows the job above or below this one in the list from which it was opened, in the same tab of its page. Without such
 * a list it is that of the jobs of the same owner, newest first.
 */
export async function showNeighbour(
  job: Pick<JobView, 'id' | 'owner' | 'created'>,
  step: Step,
): Promise<void> {
  const found = await tryCall(() => findId(job, step));
  if (found === null) return;
  if (found === 'end')
    return say(step < 0 ? 'This is the first job of the list.' : 'This is the last job of the list.');
  const tab = new URLSearchParams(location.search).get('tab');
  navigate(`/ui/jobs/${found.id}${tab === null ? '' : `?tab=${tab}`}`);
}

type Found = { readonly id: string } | 'end';

async function findId(job: Pick<JobView, 'id' | 'owner' | 'created'>, step: Step): Promise<Found> {
  const list = findLastList();
  return (list && (await findListed(list, job.id, step))) ?? findOfOwner(job, step);
}

/** Null: the list does not have the job. */
async function findListed(list: ListedJobs, id: string, step: Step): Promise<Found | null> {
  const neighbour = findNeighbour(list, id, step);
  if (neighbour?.kind === 'job') return { id: neighbour.id };
  if (neighbour?.kind !== 'unread') return neighbour === null ? null : 'end';
  const offset = step < 0 ? Math.max(0, neighbour.place - ROWS + 1) : neighbour.place;
  const rows = await call('listJobs', { query: { ...list.query, offset: `${offset}`, limit: `${ROWS}` } });
  const longer = withRows(
    list,
    offset,
    rows.map((row) => row.id),
  );
  replaceLastList(longer);
  const read = findNeighbour(longer, id, step);
  return read?.kind === 'job' ? { id: read.id } : 'end';
}

async function findOfOwner(
  { owner, created }: Pick<JobView, 'owner' | 'created'>,
  step: Step,
): Promise<Found> {
  const side =
    step < 0
      ? ({ 'created.gt': created, order: 'ASC' } as const)
      : ({ 'created.lt': created, order: 'DESC' } as const);
  const [job] = await call('listJobs', { query: { owner, orderBy: 'created', limit: 1, ...side } });
  return job ?? 'end';
}
