import type { ServiceLoad } from '@arras/contract';
import { formatDuration } from '../../ui/quantities.ts';

/** One number about the service. */
export interface LoadFact {
  readonly term: string;
  readonly value: string;
  /** Worth a look. */
  readonly isBad: boolean;
}

/** Seconds: a healthy worker takes a task within milliseconds, and looks by itself every two seconds. */
const BAD_LAG_SECONDS = 10;

/** What an operator wants to know first. */
export function loadFacts(load: ServiceLoad): readonly LoadFact[] {
  const { tasks, workerLag, retries, leases, replicas, deliveries, streams } = load;
  const due = tasks.reduce((total, task) => total + task.due, 0);
  const alive = replicas.filter(({ isAlive }) => isAlive).length;
  const silent = replicas.length - alive;
  return [
    { term: 'Queue', value: `${due} due`, isBad: false },
    {
      term: 'Worker lag',
      value: workerLag === 0 ? 'none' : formatDuration(workerLag),
      isBad: workerLag > BAD_LAG_SECONDS,
    },
    {
      term: 'Retries',
      value: `${retries.jobs} jobs, ${retries.tasks} tasks, ${retries.deliveries} deliveries`,
      isBad: retries.jobs + retries.tasks > 0,
    },
    {
      term: 'Processes',
      value: silent === 0 ? `${alive} alive` : `${alive} alive, ${silent} silent`,
      isBad: silent > 0,
    },
    { term: 'Jobs in hand', value: String(leases), isBad: false },
    {
      term: 'Deliveries',
      value:
        deliveries.pending === 0
          ? `none pending, ${deliveries.parked} parked`
          : `${deliveries.pending} pending, the oldest for ${formatDuration(deliveries.oldestPending)}; ${deliveries.parked} parked`,
      isBad: false,
    },
    { term: 'Streams', value: `${streams.job + streams.jobs + streams.file} open`, isBad: false },
  ];
}
