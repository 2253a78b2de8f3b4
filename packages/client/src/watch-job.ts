import { type HistoryEntry, JOB_STATUSES, type JobStatus, type JobView, STATUS_LOOKS } from '@arras/contract';
import { UnreachableFailure } from './failure.ts';
import type { Call } from './operation.ts';
import { pause } from './pause.ts';

/** The job as it is now, with everything that has happened to it. */
export interface JobUpdate {
  readonly kind: 'update';
  readonly job: JobView;
  /** The whole history, oldest first. */
  readonly history: readonly HistoryEntry[];
  /** The entries that the update before did not have. */
  readonly added: readonly HistoryEntry[];
}

/** The service did not answer; the watch goes on. */
export interface ConnectionLost {
  readonly kind: 'lost';
  readonly failure: UnreachableFailure;
  readonly retryInMs: number;
}

/** How to watch. */
export interface WatchOptions {
  /** Time to the second look; it doubles until something changes. Default: 1 s. */
  readonly firstDelayMs?: number | undefined;
  /** Default: 15 s. */
  readonly longestDelayMs?: number | undefined;
  /** How long a lost connection is bridged before the watch fails. Default: 60 s. */
  readonly patienceMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PAGE = 250;

/** True once nothing more can happen to a job of this status. */
export function hasEnded(status: JobStatus): boolean {
  return STATUS_LOOKS[status].phase === 'done' && !status.startsWith('ARCHIVING');
}

/** Statuses after which nothing more happens. */
export const END_STATUSES: readonly JobStatus[] = JOB_STATUSES.filter(hasEnded);

/**
 * Follows a job until it has ended: an update whenever something changed, the last one with the end. Looks again
 * after 1 s, 2 s, 4 s … 15 s without a change; a change starts over (the guide's advice on polling).
 */
export async function* watchJob(
  call: Call,
  id: string,
  options: WatchOptions = {},
): AsyncGenerator<JobUpdate | ConnectionLost> {
  const { firstDelayMs = 1_000, longestDelayMs = 15_000, patienceMs = 60_000, signal } = options;
  let seen: JobUpdate | null = null;
  let delayMs = firstDelayMs;
  let lostAt: number | null = null;
  for (;;) {
    const looked: JobUpdate | UnreachableFailure = await look({ call, id, seen, signal });
    if (looked instanceof UnreachableFailure) {
      lostAt ??= Date.now();
      if (seen === null || Date.now() - lostAt > patienceMs) throw looked;
      yield { kind: 'lost', failure: looked, retryInMs: delayMs };
    } else {
      const isNews: boolean = lostAt !== null || hasChanged(seen, looked);
      lostAt = null;
      seen = looked;
      if (isNews) {
        delayMs = firstDelayMs;
        yield looked;
      }
      if (hasEnded(looked.job.status)) return;
    }
    await pause(delayMs, signal);
    delayMs = Math.min(delayMs * 2, longestDelayMs);
  }
}

interface Look {
  readonly call: Call;
  readonly id: string;
  readonly seen: JobUpdate | null;
  readonly signal: AbortSignal | undefined;
}

async function look({ call, id, seen, signal }: Look): Promise<JobUpdate | UnreachableFailure> {
  try {
    const known = seen?.history ?? [];
    // History before job: the job is then never behind what its history says.
    const before = await readHistory({ call, id, known, signal });
    const job = await call('showJob', { params: { id }, signal });
    const history = hasEnded(job.status) ? await readHistory({ call, id, known: before, signal }) : before;
    return { kind: 'update', job, history, added: history.slice(known.length) };
  } catch (error) {
    if (error instanceof UnreachableFailure) return error;
    throw error;
  }
}

interface Known {
  readonly call: Call;
  readonly id: string;
  readonly known: readonly HistoryEntry[];
  readonly signal: AbortSignal | undefined;
}

/** Reads on from the first entry that can still change: progress is written into the entry of its transfer. */
async function readHistory({ call, id, known, signal }: Known): Promise<readonly HistoryEntry[]> {
  const firstOpen = known.findIndex(isOpen);
  const history = known.slice(0, firstOpen === -1 ? known.length : firstOpen);
  for (;;) {
    const query = { limit: PAGE, offset: history.length };
    const page = await call('listJobHistory', { params: { id }, query, signal });
    history.push(...page);
    if (page.length < PAGE) return history;
  }
}

function isOpen({ progress }: HistoryEntry): boolean {
  return (
    progress !== undefined &&
    (progress.totalActiveTransfers > 0 || progress.totalBytesTransferred < progress.totalBytes)
  );
}

function hasChanged(before: JobUpdate | null, now: JobUpdate): boolean {
  if (before === null || now.added.length > 0) return true;
  if (before.job.status !== now.job.status || before.job.stopRequested !== now.job.stopRequested) return true;
  return moved(before.history) !== moved(now.history);
}

function moved(history: readonly HistoryEntry[]): number {
  return history.reduce((sum, { progress }) => sum + (progress?.totalBytesTransferred ?? 0), 0);
}
