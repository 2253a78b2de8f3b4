import {
  type JobCounts,
  type JobStatus,
  STATUS_LOOKS,
  type StatusClass,
  type SystemHealthView,
  type SystemPart,
  type SystemView,
} from '@arras/contract';

/** How a system is, for people. */
export interface SystemHealth {
  readonly symbol: string;
  readonly word: string;
  readonly class: StatusClass;
  /** What it means for jobs. */
  readonly meaning: string;
}

const STATES = {
  UP: { symbol: '✓', word: 'up', class: 'ok', meaning: 'It answers and takes jobs.' },
  DOWN: {
    symbol: '✗',
    word: 'down',
    class: 'fail',
    meaning: 'It does not answer: jobs on it keep their last known status, new ones wait.',
  },
  MAINTENANCE: { symbol: '‖', word: 'maintenance', class: 'idle', meaning: 'It takes no jobs for now.' },
  UNKNOWN: { symbol: '?', word: 'unknown', class: 'idle', meaning: 'Nobody has looked at it yet: check it.' },
} as const satisfies Record<SystemView['status'], SystemHealth>;

/** What one that may be used has shown of itself. */
const SHOWN = {
  ok: STATES.UP,
  unknown: { ...STATES.UP, meaning: 'It can be used. Whether it answers now, a check tells.' },
  degraded: {
    symbol: '!',
    word: 'degraded',
    class: 'active',
    meaning: 'Its last uses failed, the ones before did not: it is tried again.',
  },
  down: STATES.DOWN,
} as const satisfies Record<SystemHealthView['status'], SystemHealth>;

/** The parts of a system, for people. */
export const PART_NAMES = {
  login: 'Login',
  scheduler: 'Scheduler',
  storage: 'Files',
} as const satisfies Record<SystemPart, string>;

/** What of a system tells how it is. */
export type JudgedSystem = Pick<SystemView, 'status' | 'available' | 'health'>;

/** How a system is; one that is switched off says so first, then what its owner says, then what it has shown. */
export function healthOf({ status, available, health }: JudgedSystem): SystemHealth {
  if (available) return status === 'UP' ? SHOWN[health?.status ?? 'unknown'] : STATES[status];
  return {
    symbol: '⊘',
    word: 'disabled',
    class: 'idle',
    meaning: 'It takes no new jobs until it is enabled.',
  };
}

/** Since when it is so: what it has shown, or what was done to it. */
export function sinceWhen(
  { status, available, health }: JudgedSystem,
  history: readonly { readonly status: string; readonly created: string }[],
): string | null {
  const isShown = available && status === 'UP' && health !== undefined && health.status !== 'unknown';
  return isShown ? health.since : healthSince(history);
}

const STATUS_EVENTS: readonly string[] = ['STATUS_UPDATE', 'ENABLED', 'DISABLED', 'CREATED'];

/** Since when a system is as it is, by its history, oldest entry first; null when that does not say. */
function healthSince(
  history: readonly { readonly status: string; readonly created: string }[],
): string | null {
  return history.findLast(({ status }) => STATUS_EVENTS.includes(status))?.created ?? null;
}

/** The jobs of a system that have not ended. */
export interface SystemLoad {
  readonly running: number;
  readonly queued: number;
  /** All that have not ended, the running and the queued ones too. */
  readonly active: number;
}

/** How many jobs a system has, by the counts of its jobs. */
export function loadOf({ statuses }: Pick<JobCounts, 'statuses'>): SystemLoad {
  const sum = (isMeant: (status: JobStatus) => boolean) =>
    statuses.reduce((total, { status, count }) => (isMeant(status) ? total + count : total), 0);
  return {
    running: sum((status) => status === 'RUNNING'),
    queued: sum((status) => status === 'QUEUED'),
    active: sum((status) => STATUS_LOOKS[status].phase !== 'done'),
  };
}

/** Where the list shows the jobs of a system, all or those that some statuses have. */
export function jobsAddress(id: string, statuses: readonly JobStatus[] = []): string {
  const words = statuses.map((status) => status.toLowerCase()).join(',');
  const filter = `system:${id}${words === '' ? '' : ` status:${words}`}`;
  return `/ui/jobs?q=${encodeURIComponent(filter)}`;
}

/** The statuses of jobs that have not ended. */
export const ACTIVE_STATUSES: readonly JobStatus[] = (Object.keys(STATUS_LOOKS) as JobStatus[]).filter(
  (status) => STATUS_LOOKS[status].phase !== 'done',
);
