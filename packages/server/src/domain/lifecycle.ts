import { JOB_STATUS_DESCRIPTIONS, JOB_STATUSES, type JobStatus } from '@arras/contract';
import type { JobTaskName } from './tasks.ts';

/** Which limit ends a job that stays too long in a status; the lengths are settings. */
export type DeadlineKind = 'staging' | 'submission' | 'run' | 'archiving';

/** One row of {@link LIFECYCLE}. */
export interface LifecycleRow {
  /** Statuses a job may move to from here. A status may always repeat itself with a new message unless it is terminal. */
  readonly next: readonly JobStatus[];
  /** The task that entering the status queues; null where nothing is left to do. */
  readonly task: JobTaskName | null;
  /** The limit that entering the status starts; `keep` leaves a running one alone; null clears it. */
  readonly deadline: DeadlineKind | 'keep' | null;
  /** True from the moment the target may hold something of the job that must be ended with proof. */
  readonly onTarget: boolean;
}

const ENDS = ['STOPPED', 'KILLED', 'FAILED'] as const;

/**
 * The one table of a job's life (guide, Table 2; spec/lifecycle.md sections 2 and 3). Going back is allowed
 * only where a retry does it: staging to PENDING, submission to STAGED, archiving to CLEANING_UP.
 */
export const LIFECYCLE = {
  PENDING: { next: ['PROCESSING_INPUTS', ...ENDS], task: 'stage', deadline: 'staging', onTarget: false },
  PROCESSING_INPUTS: {
    next: ['STAGING_INPUTS', 'STAGED', 'PENDING', ...ENDS],
    task: 'stage',
    deadline: 'keep',
    onTarget: false,
  },
  STAGING_INPUTS: { next: ['STAGED', 'PENDING', ...ENDS], task: 'stage', deadline: 'keep', onTarget: false },
  STAGED: { next: ['SUBMITTING', ...ENDS], task: 'submit', deadline: 'submission', onTarget: false },
  SUBMITTING: {
    next: ['STAGING_JOB', 'QUEUED', 'STAGED', ...ENDS],
    task: 'submit',
    deadline: 'keep',
    onTarget: true,
  },
  STAGING_JOB: {
    next: ['SUBMITTING', 'QUEUED', 'STAGED', ...ENDS],
    task: 'submit',
    deadline: 'keep',
    onTarget: true,
  },
  QUEUED: { next: ['RUNNING', 'PAUSED', 'CLEANING_UP', ...ENDS], task: null, deadline: null, onTarget: true },
  RUNNING: { next: ['PAUSED', 'CLEANING_UP', ...ENDS], task: null, deadline: 'run', onTarget: true },
  PAUSED: {
    next: ['QUEUED', 'RUNNING', 'CLEANING_UP', ...ENDS],
    task: null,
    // A program that is held back uses up no time, and a batch system may suspend one for as long as it likes.
    deadline: null,
    onTarget: true,
  },
  CLEANING_UP: {
    next: ['ARCHIVING', 'FINISHED', ...ENDS],
    task: 'archive',
    deadline: 'archiving',
    onTarget: false,
  },
  ARCHIVING: {
    next: ['ARCHIVING_FINISHED', 'ARCHIVING_FAILED', 'CLEANING_UP', ...ENDS],
    task: 'archive',
    deadline: 'keep',
    onTarget: false,
  },
  ARCHIVING_FINISHED: { next: ['FINISHED', 'FAILED'], task: 'archive', deadline: 'keep', onTarget: false },
  ARCHIVING_FAILED: { next: ['FINISHED', 'FAILED'], task: 'archive', deadline: 'keep', onTarget: false },
  FINISHED: { next: [], task: null, deadline: null, onTarget: false },
  KILLED: { next: [], task: null, deadline: null, onTarget: false },
  STOPPED: { next: [], task: null, deadline: null, onTarget: false },
  FAILED: { next: [], task: null, deadline: null, onTarget: false },
} as const satisfies Record<JobStatus, LifecycleRow>;

/** The row of a status. */
export function lifecycleOf(status: JobStatus): LifecycleRow {
  return LIFECYCLE[status];
}

/** A status after which nothing can change any more (P8). */
export type TerminalStatus = {
  [Status in JobStatus]: (typeof LIFECYCLE)[Status]['next'] extends readonly [] ? Status : never;
}[JobStatus];

/** Whether a job in this status has come to its end. */
export function isTerminal(status: JobStatus): status is TerminalStatus {
  return LIFECYCLE[status].next.length === 0;
}

export const TERMINAL_STATUSES: readonly JobStatus[] = JOB_STATUSES.filter(isTerminal);

/** Statuses in which the program may be on the target and is watched there by system, not by job (R7). */
export const MONITORED_STATUSES = ['QUEUED', 'RUNNING', 'PAUSED'] as const satisfies readonly JobStatus[];

/** Whether the program of a job in this status is watched by system. */
export function isMonitored(status: JobStatus): boolean {
  return (MONITORED_STATUSES as readonly JobStatus[]).includes(status);
}

/** Statuses counted by the quotas of systems and queues (spec/lifecycle.md section 7, plus the two in which a start is under way). */
export const ACTIVE_STATUSES = [
  'SUBMITTING',
  'STAGING_JOB',
  'QUEUED',
  'RUNNING',
  'PAUSED',
  'CLEANING_UP',
  'ARCHIVING',
] as const satisfies readonly JobStatus[];

/** Whether a job in this status takes a place of its system's quotas. */
export function isActive(status: JobStatus): boolean {
  return (ACTIVE_STATUSES as readonly JobStatus[]).includes(status);
}

/** Whether one move is in the table; repeating a status that is not terminal only adds a message. */
export function canMove(from: JobStatus, to: JobStatus): boolean {
  const row = lifecycleOf(from);
  return from === to ? row.next.length > 0 : row.next.includes(to);
}

/** Where a phase begins anew after a failed attempt, and from where. */
const RETRIES: Partial<Record<JobStatus, readonly JobStatus[]>> = {
  PENDING: ['PROCESSING_INPUTS', 'STAGING_INPUTS'],
  STAGED: ['SUBMITTING', 'STAGING_JOB'],
  CLEANING_UP: ['ARCHIVING'],
};

/** Whether a move only begins a phase anew: the limit of that phase goes on, or else retries would put it off for ever. */
export function isRetry(from: JobStatus, to: JobStatus): boolean {
  return RETRIES[to]?.includes(from) ?? false;
}

/** The first move of a chain that the table does not allow, or null when the whole chain is allowed. */
export function findIllegalMove(
  from: JobStatus,
  chain: readonly JobStatus[],
): { readonly from: JobStatus; readonly to: JobStatus } | null {
  let current = from;
  for (const to of chain) {
    if (!canMove(current, to)) return { from: current, to };
    current = to;
  }
  return null;
}

/** The sentence the guide gives a status, used when a move brings no message of its own. */
export function defaultDescription(status: JobStatus): string {
  return JOB_STATUS_DESCRIPTIONS[status];
}
