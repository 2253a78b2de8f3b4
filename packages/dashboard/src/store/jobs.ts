import { PAGE_SIZE } from '@arras/contract';
import type { ReadonlySignal } from '@preact/signals';
import { ApiFailure } from '../api/api-failure.ts';
import { call } from '../api/call.ts';
import { onJobChanged, onJobEvent, onResync } from '../live/live.ts';
import { BROWSER_TIMING } from '../live/timing.ts';
import { JobReader } from './job-reader.ts';
import { JobStore } from './job-store.ts';
import type { ReadJob, StoredJob } from './stored-job.ts';

/** All jobs that this tab knows. */
export const jobStore = new JobStore();

const reader = new JobReader({
  store: jobStore,
  timing: BROWSER_TIMING,
  // In the address of a request: 100 ids are 4 KB.
  mostRows: PAGE_SIZE.default,
  readRows: (ids) => call('listJobs', { query: { 'id.in': ids.join(','), limit: ids.length } }),
  readFull,
  isHidden: () => document.visibilityState === 'hidden',
});

/** The job, and every later state of it; null as long as nobody has read it, and when it is gone. */
export function jobSignal(id: string): ReadonlySignal<StoredJob | null> {
  return jobStore.signalOf(id);
}

/** To be given every job that a page has read, rows and full records: from then on the stream keeps it fresh. */
export function putJobs(jobs: readonly ReadJob[]): void {
  jobStore.put(jobs);
}

/** Reads jobs again soon, as after an action on them. */
export function refreshJobs(ids: readonly string[]): void {
  reader.mark(ids);
}

/** Begins to keep the jobs fresh. */
export function followJobs(): void {
  onJobEvent((event) => {
    if (jobStore.patch(event)) reader.mark([event.job.id]);
  });
  onJobChanged((id) => reader.mark([id]));
  onResync(({ isReset }) => {
    if (isReset) jobStore.forgetOrder();
    reader.mark(jobStore.ids());
  });
}

async function readFull(id: string): Promise<ReadJob | null> {
  try {
    return await call('showJob', { params: { id } });
  } catch (error) {
    if (error instanceof ApiFailure && [403, 404].includes(error.facts.status)) return null;
    throw error;
  }
}
