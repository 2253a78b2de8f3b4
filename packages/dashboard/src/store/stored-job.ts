import type { JobEvent, JobSummary, JobView } from '@arras/contract';

/** A job as far as it is known: at least a row of a listing, at most the full record. */
export type StoredJob = Omit<JobSummary, '_links'> & Partial<Omit<JobView, keyof JobSummary>>;

/** What a read of the API gives: a row or a full record. */
export type ReadJob = Omit<JobSummary, '_links'> | Omit<JobView, '_links'>;

/** True when more than the columns of a listing is known. */
export function isFull(job: StoredJob | ReadJob): job is StoredJob & Omit<JobView, '_links'> {
  return 'inputs' in job && job.inputs !== undefined;
}

/**
 * What is known after a read. A read that is older than what is known only adds what was not known at all: answers
 * overtake each other, and events overtake answers. Of two with the same number the one that was seen later counts.
 */
export function mergeRead(known: StoredJob | null, read: ReadJob): StoredJob {
  if (known === null) return read;
  return isOlder(read, known) ? { ...read, ...known } : { ...known, ...read };
}

function isOlder(read: ReadJob, known: StoredJob): boolean {
  if (read.seq !== known.seq) return read.seq < known.seq;
  return Date.parse(read.freshness.asOf) < Date.parse(known.freshness.asOf);
}

/** What is known after an event, before the record is read again. The same object for one that is old. */
export function applyEvent(known: StoredJob, event: JobEvent): StoredJob {
  if (event.seq <= known.seq) return known;
  const { seq, status, created, description } = event;
  return {
    ...known,
    seq,
    status,
    lastUpdated: created,
    lastModified: created,
    ...(description !== undefined && { lastStatusMessage: description }),
  };
}
