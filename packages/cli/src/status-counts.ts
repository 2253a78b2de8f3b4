import { JOB_STATUSES, type JobStatus, STATUS_LOOKS } from '@arras/contract';
import type { Terminal } from './terminal.ts';

/** How many jobs have a status. */
export interface StatusCount {
  readonly status: JobStatus;
  readonly count: number;
}

/** Jobs by status; those of none are left out. */
export function countStatuses(jobs: readonly { readonly status: JobStatus }[]): readonly StatusCount[] {
  const counts = new Map<JobStatus, number>();
  for (const { status } of jobs) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => ({ status, count }));
}

/** `3 running · 1 queued · 240 finished`: what goes on before what has ended. */
export function renderStatusCounts(
  counts: readonly StatusCount[],
  { unicode }: Pick<Terminal, 'unicode'>,
): string {
  return counts
    .toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status))
    .map(({ status, count }) => `${count} ${status.toLowerCase().replaceAll('_', ' ')}`)
    .join(unicode ? ' · ' : ', ');
}

/** From the end of the lifecycle to its beginning, and then the ends. */
const ORDER: readonly JobStatus[] = [
  ...JOB_STATUSES.filter((status) => STATUS_LOOKS[status].phase !== 'done').toReversed(),
  ...JOB_STATUSES.filter((status) => STATUS_LOOKS[status].phase === 'done'),
];
