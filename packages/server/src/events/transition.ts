import type { JobStatus, TransferId } from '@arras/contract';
import type { Db } from '../database/connection.ts';
import type { NewJobEvent } from '../database/job-events.ts';
import { type JobPatch, moveJob } from '../database/jobs.ts';
import type { JobRow } from '../database/tables.ts';
import type { NewId } from '../domain/id-source.ts';
import {
  type DeadlineKind,
  defaultDescription,
  findIllegalMove,
  isMonitored,
  isRetry,
  isTerminal,
  lifecycleOf,
} from '../domain/lifecycle.ts';
import { type QueuedTask, SWEEP_AFTER_MS } from '../domain/tasks.ts';

/** One step of a chain: a status, possibly the same again with a new message. */
export interface Move {
  readonly to: JobStatus;
  /** Default: the guide's sentence for the status. */
  readonly description?: string | undefined;
  /** The transfer whose progress the history row shows. */
  readonly transferId?: TransferId;
}

/** What a caller asks of {@link Transition}. */
export interface TransitionRequest {
  /** The job as the caller knows it: the move happens only if status, epoch and stop request are still these. */
  readonly job: JobRow;
  readonly moves: readonly [Move, ...Move[]];
  readonly patch?: JobPatch;
  /** Who caused it, as shown in the history. */
  readonly by: string;
  /** Default: `release`. */
  readonly lease?: 'keep' | 'release' | 'fence';
  /** Delay of the task that the last status queues. Default: 0. */
  readonly delayMs?: number;
  /** Further tasks besides the one that the status queues. */
  readonly tasks?: readonly QueuedTask[];
  /** Default: a transaction of its own. */
  readonly tx?: Db;
}

/** Moves a job; null when somebody else moved it first. */
export type Transition = (request: TransitionRequest) => Promise<JobRow | null>;

/** How long jobs may stay (milliseconds); `run` is asked with the job because it depends on its maxRunTime. */
export type Deadlines = (kind: DeadlineKind, job: JobRow) => number | null;

/**
 * Builds the only writer of a job's status. A chain of moves is one transaction: compare-and-set of the
 * status, the events with the next sequence numbers, and the task of the last status commit together (R1).
 * A move that LIFECYCLE does not allow is a bug and throws.
 */
export function createTransition(deps: {
  readonly db: Db;
  readonly newId: NewId;
  readonly deadlines: Deadlines;
}): Transition {
  return async (request) => {
    const { job, moves } = request;
    const illegal = findIllegalMove(
      job.status,
      moves.map((move) => move.to),
    );
    if (illegal) throw new IllegalMove(job, illegal);
    const to = (moves.at(-1) ?? moves[0]).to;
    return moveJob(request.tx ?? deps.db, {
      job,
      to,
      events: moves.map((move) => toEvent(move, request.by, deps.newId)),
      patch: request.patch ?? {},
      tasks: tasksAfter(request, to),
      lookAfterMs: lookAfter(request, to),
      deadlineMs: deadlineAfter(job, moves, deps.deadlines),
      lease: request.lease ?? 'release',
    });
  };
}

/** A chain of moves that the lifecycle table does not allow. */
export class IllegalMove extends Error {
  override readonly name = 'IllegalMove';
  constructor(job: JobRow, move: { readonly from: JobStatus; readonly to: JobStatus }) {
    super(`job ${job.id} cannot move from ${move.from} to ${move.to}`);
  }
}

function toEvent(move: Move, by: string, newId: NewId): NewJobEvent {
  return {
    id: newId('jobEvent'),
    name: move.to,
    status: move.to,
    description: move.description ?? defaultDescription(move.to),
    inHistory: true,
    transferId: move.transferId ?? null,
    createdBy: by,
  };
}

function tasksAfter(request: TransitionRequest, to: JobStatus): QueuedTask[] {
  const { task } = lifecycleOf(to);
  const keepsWorking = request.lease === 'keep';
  const own: QueuedTask[] =
    task === null || keepsWorking ? [] : [{ task, subject: request.job.id, delayMs: request.delayMs ?? 0 }];
  return [...own, ...(request.tasks ?? [])];
}

function lookAfter(request: TransitionRequest, to: JobStatus): number | null {
  const tidiesUp = request.tasks?.some((queued) => queued.task === 'tidy') ?? false;
  if (isTerminal(to) && !tidiesUp) return null;
  // Its system is looked at; only a stop needs somebody to see to it.
  if (isMonitored(to) && request.job.stop_requested === null) return null;
  return (request.delayMs ?? 0) + SWEEP_AFTER_MS;
}

/** The last status of the chain that says something about the deadline decides it. */
function deadlineAfter(job: JobRow, moves: readonly Move[], deadlines: Deadlines): number | null | 'keep' {
  const changed = moves
    .map(({ to }, index) => ({ from: moves[index - 1]?.to ?? job.status, to }))
    .filter(({ from, to }) => to !== job.status && lifecycleOf(to).deadline !== 'keep' && !isRetry(from, to))
    .at(-1)?.to;
  if (changed === undefined) return 'keep';
  const kind = lifecycleOf(changed).deadline;
  return kind === null || kind === 'keep' ? null : deadlines(kind, job);
}
