import type { ReplicaLoad, ServiceLoad, TaskLoad } from '@arras/contract';
import { isForPeople, type OutputOptions, printPairs } from '../print.ts';
import { renderDuration } from '../quantities.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';
import { type Column, renderTable } from '../table.ts';

const TASK_COLUMNS: Column<TaskLoad>[] = [
  { title: 'task', cell: ({ task }) => task },
  { title: 'due', cell: ({ due }) => due, align: 'right' },
  { title: 'oldest', cell: ({ oldestDue }) => secondsText(oldestDue), align: 'right' },
  { title: 'running', cell: ({ running }) => running, align: 'right' },
  { title: 'later', cell: ({ later }) => later, align: 'right' },
  { title: 'retries', cell: ({ retries }) => retries, align: 'right' },
];

function replicaColumns({ ago }: Pick<Session, 'ago'>): Column<ReplicaLoad>[] {
  return [
    { title: 'process', cell: ({ id }) => id },
    { title: 'roles', cell: ({ roles }) => roles.join(',') },
    { title: 'state', cell: ({ isAlive }) => (isAlive ? 'alive' : 'silent') },
    { title: 'last seen', cell: ({ lastSeen }) => ago(lastSeen) },
    { title: 'jobs in hand', cell: ({ leases }) => leases, align: 'right' },
    { title: 'streams', cell: ({ streams }) => streamsOf(streams), align: 'right' },
  ];
}

/** Shows what the service has in hand, and whether it keeps up. */
export async function showLoad({ session, client, options }: Invocation<OutputOptions>): Promise<void> {
  const load = await client().call('showLoad', {});
  await printPairs(session, options, { result: load, pairs: loadPairs(load) });
  if (!isForPeople(options)) return;
  const place = { terminal: session.terminal, width: session.width() };
  session.out(`\n${renderTable(TASK_COLUMNS, load.tasks, place)}`);
  session.out(`\n${renderTable(replicaColumns(session), load.replicas, place)}`);
}

function loadPairs({ workerLag, retries, leases, deliveries, streams }: ServiceLoad): [string, unknown][] {
  const { pending, parked, oldestPending } = deliveries;
  return [
    ['worker lag', secondsText(workerLag)],
    ['jobs in hand', leases],
    ['retries', `${retries.tasks} tasks, ${retries.jobs} jobs, ${retries.deliveries} deliveries`],
    [
      'deliveries',
      `${pending} pending${pending === 0 ? '' : `, the oldest for ${secondsText(oldestPending)}`}; ${parked} parked`,
    ],
    ['streams', streamsOf(streams)],
  ];
}

function secondsText(seconds: number): string {
  return renderDuration(seconds * 1_000);
}

function streamsOf({ job, jobs, file }: ServiceLoad['streams']): number {
  return job + jobs + file;
}
