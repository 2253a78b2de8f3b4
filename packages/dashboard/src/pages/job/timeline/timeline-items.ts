import {
  type HistoryEntry,
  JOB_RECORD_EVENT_DESCRIPTIONS,
  JOB_STATUSES,
  type JobStatus,
  STATUS_LOOKS,
  type StatusClass,
} from '@arras/contract';
import type { AttemptRow } from '../../../notifications/read-attempts.ts';
import type { ItemKind, TimelineItem } from './timeline-item.ts';

/** What a timeline is made of. */
export interface TimelineSources {
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
  /** Every attempt to tell somebody about the job. */
  readonly attempts: readonly AttemptRow[];
}

/** Everything that happened, oldest first; heartbeats that follow each other are one item. */
export function timelineItems({ history, attempts }: TimelineSources): readonly TimelineItem[] {
  const items: TimelineItem[] = [];
  let status: JobStatus = 'PENDING';
  for (const entry of history) {
    if (isStatus(entry.status)) status = entry.status;
    const item = itemOf(entry, status);
    const last = items.at(-1);
    if (item.name === 'HEARTBEAT' && last?.name === 'HEARTBEAT')
      items.splice(-1, 1, { ...last, untilMs: item.atMs, count: last.count + 1 });
    else items.push(item);
  }
  return [...items, ...attempts.map(itemOfAttempt)].toSorted((one, other) => one.atMs - other.atMs);
}

function itemOf(entry: HistoryEntry, status: JobStatus): TimelineItem {
  const atMs = Date.parse(entry.created);
  return {
    id: `event-${entry.seq}`,
    kind: kindOf(entry, status),
    atMs,
    untilMs: endOf(entry, atMs),
    name: entry.status,
    text: entry.description ?? '',
    symbol: isStatus(entry.status) ? STATUS_LOOKS[entry.status].symbol : '',
    class: isStatus(entry.status) ? STATUS_LOOKS[entry.status].class : 'idle',
    count: 1,
  };
}

function kindOf(entry: HistoryEntry, status: JobStatus): ItemKind {
  if (entry.progress !== undefined) return 'transfer';
  if (isStatus(entry.status)) return 'status';
  // What the scheduler says about a job that waits comes as a change of its record.
  if (entry.status === 'UPDATED' && status === 'QUEUED') return 'scheduler';
  const isRecord = Object.hasOwn(JOB_RECORD_EVENT_DESCRIPTIONS, entry.status);
  return isRecord && entry.status !== 'HEARTBEAT' ? 'record' : 'program';
}

/** The end of a transfer is not in its entry: its bytes at its average rate tell it. */
function endOf({ progress }: HistoryEntry, atMs: number): number | null {
  if (progress === undefined) return atMs;
  if (progress.totalActiveTransfers > 0) return null;
  const { totalBytesTransferred, averageRate } = progress;
  return averageRate > 0 ? atMs + (totalBytesTransferred / averageRate) * 1_000 : atMs;
}

const OUTCOME_CLASSES = {
  delivered: 'ok',
  refused: 'fail',
  unreachable: 'fail',
  blocked: 'fail',
} as const satisfies Record<AttemptRow['outcome'], StatusClass>;

function itemOfAttempt(attempt: AttemptRow): TimelineItem {
  const { id, event, number, cause, outcome, url, startTime, endTime, response } = attempt;
  const code = response.code === 0 ? '' : ` (${response.code})`;
  const why = cause === 'scheduled' ? '' : `, ${cause}`;
  return {
    id: `attempt-${id}`,
    kind: 'delivery',
    atMs: Date.parse(startTime),
    untilMs: Date.parse(endTime),
    name: `${event} ${outcome}`,
    text: `Attempt ${number}${why} to send ${event} to ${url}: ${outcome}${code}`,
    symbol: outcome === 'delivered' ? '✓' : '✗',
    class: OUTCOME_CLASSES[outcome],
    count: 1,
  };
}

function isStatus(name: string): name is JobStatus {
  return JOB_STATUSES.some((status) => status === name);
}
