import { JOB_STATUSES, type JobStatus, type JobSummary, STATUS_LOOKS } from '@arras/contract';

/** What a list can be grouped by. */
export const GROUPINGS = {
  none: 'No groups',
  status: 'Status',
  system: 'System',
  app: 'App',
} as const;

/** What a list is grouped by. */
export type Grouping = keyof typeof GROUPINGS;

/** Reads the grouping of an address; what is none means no groups. */
export function parseGrouping(text: string | null): Grouping {
  return text !== null && Object.hasOwn(GROUPINGS, text) ? (text as Grouping) : 'none';
}

/** Rows that are put into groups at most: groups need all rows at once. */
export const MAX_GROUPED_ROWS = 2_000;

/** From the end of the lifecycle to its beginning, and then the ends: what goes on comes before what has ended. */
export const STATUS_ORDER: readonly JobStatus[] = [
  ...JOB_STATUSES.filter((status) => STATUS_LOOKS[status].phase !== 'done').toReversed(),
  ...JOB_STATUSES.filter((status) => STATUS_LOOKS[status].phase === 'done'),
];

/** A line of a grouped list: the heading of a group, or a row below it. */
export type GroupedLine =
  | { readonly kind: 'group'; readonly key: string; readonly count: number; readonly isOpen: boolean }
  | { readonly kind: 'row'; readonly id: string };

type GroupedJob = Pick<JobSummary, 'id' | 'status' | 'executionSystem' | 'appId'>;

/** Puts rows into groups; in a group they keep their order. A closed group shows its heading alone. */
export function groupRows(
  jobs: readonly GroupedJob[],
  grouping: Exclude<Grouping, 'none'>,
  closed: ReadonlySet<string> = new Set(),
): readonly GroupedLine[] {
  const groups = Map.groupBy(jobs, (job) => keyOf(job, grouping));
  return [...groups]
    .toSorted(([one], [other]) => compareKeys(one, other, grouping))
    .flatMap(([key, rows]): GroupedLine[] => {
      const isOpen = !closed.has(key);
      const heading = { kind: 'group', key, count: rows.length, isOpen } as const;
      return isOpen ? [heading, ...rows.map(({ id }) => ({ kind: 'row', id }) as const)] : [heading];
    });
}

function keyOf(job: GroupedJob, grouping: Exclude<Grouping, 'none'>): string {
  switch (grouping) {
    case 'status':
      return job.status;
    case 'system':
      return job.executionSystem;
    case 'app':
      return job.appId;
  }
}

function compareKeys(one: string, other: string, grouping: Grouping): number {
  if (grouping !== 'status') return one.localeCompare(other);
  const order: readonly string[] = STATUS_ORDER;
  return order.indexOf(one) - order.indexOf(other);
}
