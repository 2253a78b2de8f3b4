import {
  type HistoryEntry,
  JOB_STATUSES,
  type JobEvent,
  type JobStatus,
  type JobView,
} from '@arras/contract';
import type { Link } from './link.ts';

/** The largest page that the service gives. */
const PAGE = 250;

/** What to read, and how much of it is known. */
export interface HistoryQuery {
  readonly id: string;
  readonly signal?: AbortSignal | undefined;
}

/** The whole history but what is known of it; what is known can grow only where it is open. */
export async function readHistory(
  link: Link,
  { id, signal, known }: HistoryQuery & { readonly known: readonly HistoryEntry[] },
): Promise<readonly HistoryEntry[]> {
  // From the first entry that can still change: progress is written into the entry of its transfer.
  const firstOpen = known.findIndex(isOpen);
  const history = known.slice(0, firstOpen === -1 ? known.length : firstOpen);
  for (;;) {
    const query = { limit: PAGE, offset: history.length };
    const page = await link.call('listJobHistory', { params: { id }, query, signal });
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

/** The last that is known of a job's events. */
export interface KnownEvents {
  readonly seq: number;
  /** The job's status after that event; null when only the number is known. */
  readonly status: JobStatus | null;
}

/** The events after those known, made of the history: for where there is no stream. `data` is not in it. */
export async function readEventsAfter(
  link: Link,
  { id, signal, known }: HistoryQuery & { readonly known: KnownEvents },
): Promise<readonly JobEvent[]> {
  // What was the status after an event that only its number is known of? The entries before it tell.
  const from = known.status === null ? { seq: 0, status: null } : known;
  const entries = await readEntriesAfter(link, { id, signal, seq: from.seq });
  if (entries.length === 0) return [];
  const job = await link.call('showJob', { params: { id }, signal });
  return toEvents(job, entries, from.status ?? 'PENDING').filter(({ seq }) => seq > known.seq);
}

async function readEntriesAfter(
  link: Link,
  { id, signal, seq }: HistoryQuery & { readonly seq: number },
): Promise<readonly HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  for (;;) {
    const query = { limit: PAGE, since: entries.at(-1)?.seq ?? seq };
    const page: readonly OlderEntry[] = await link.call('listJobHistory', { params: { id }, query, signal });
    if (!page.every(hasNumber)) return numberEntries(link, { id, signal, seq });
    entries.push(...page);
    if (page.length < PAGE) return entries;
  }
}

/** Before entries had numbers of their own, their place was it. */
type OlderEntry = Omit<HistoryEntry, 'seq'> & { readonly seq?: number };

function hasNumber(entry: OlderEntry): entry is HistoryEntry {
  return entry.seq !== undefined;
}

async function numberEntries(
  link: Link,
  { id, signal, seq }: HistoryQuery & { readonly seq: number },
): Promise<readonly HistoryEntry[]> {
  const history = await readHistory(link, { id, signal, known: [] });
  return history.map((entry, index) => ({ ...entry, seq: index + 1 })).slice(seq);
}

function toEvents(job: JobView, entries: readonly HistoryEntry[], before: JobStatus): readonly JobEvent[] {
  const { id, name, owner, appId, executionSystem, created } = job;
  const facts = { id, name, owner, appId, executionSystem, created };
  let status = before;
  return entries.map(({ status: event, ...entry }) => {
    if (isStatus(event)) status = event;
    return { ...entry, name: event, status, job: facts };
  });
}

function isStatus(name: string): name is JobStatus {
  return JOB_STATUSES.some((status) => status === name);
}
