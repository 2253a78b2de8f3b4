import { JOB_STATUSES, type JobStatus, STATUS_LOOKS } from '@arras/contract';
import type { Terminal } from './terminal.ts';

/** `3 running · 1 queued · 240 finished`: what goes on before what has ended. */
export function renderStatusCounts(
  jobs: readonly { readonly status: JobStatus }[],
  { unicode }: Pick<Terminal, 'unicode'>,
): string {
  const counts = new Map<JobStatus, number>();
  for (const { status } of jobs) counts.set(status, (counts.get(status) ?? 0) + 1);
  return ORDER.flatMap((status) => {
    const count = counts.get(status);
    return count === undefined ? [] : [`${count} ${status.toLowerCase().replaceAll('_', ' ')}`];
  }).join(unicode ? ' · ' : ', ');
}

/** From the end of the lifecycle to its beginning, and then the ends. */
const ORDER: readonly JobStatus[] = [
  ...JOB_STATUSES.filter((status) => STATUS_LOOKS[status].phase !== 'done').toReversed(),
  ...JOB_STATUSES.filter((status) => STATUS_LOOKS[status].phase === 'done'),
];
