import { type JobStatuses, MAX_STATUS_IDS } from '@arras/contract';
import { ApiFailure } from './failure.ts';
import type { Call, CallOptions } from './operation.ts';

/** A job as a look at its status shows it. */
export type SeenJob = JobStatuses['jobs'][number];

/** What a look is about. */
export interface Look {
  readonly ids: readonly string[];
  /** For one job only: the answer waits for an event after `since`, up to so many seconds. */
  readonly wait?: CallOptions<'showJobStatus'>['query'] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The statuses of jobs, in as few requests as there can be. */
export async function readStatuses(
  call: Call,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<JobStatuses> {
  const jobs: SeenJob[] = [];
  const missing: string[] = [];
  for (const some of chunksOf(ids, MAX_STATUS_IDS)) {
    const answer = await call('showJobStatuses', { body: { ids: [...some] }, signal });
    jobs.push(...answer.jobs);
    missing.push(...answer.missing);
  }
  return { jobs, missing };
}

/** Looks at jobs that all have to be there. @throws ApiFailure `job.not-found` when one is not. */
export async function lookAtJobs(call: Call, { ids, wait, signal }: Look): Promise<readonly SeenJob[]> {
  const [id] = ids;
  if (ids.length === 1 && id !== undefined)
    return [await call('showJobStatus', { params: { id }, query: wait ?? {}, signal })];
  const found = await readStatuses(call, ids, signal).catch(ignoreUnknownRoute);
  if (found === null) return lookOneByOne(call, ids, signal);
  if (found.missing.length > 0) throw notFound(found.missing);
  return found.jobs;
}

/** An older service takes `statuses` for the id of a job, or for no address at all. */
function ignoreUnknownRoute(error: unknown): null {
  if (error instanceof ApiFailure && [400, 404, 405].includes(error.status)) return null;
  throw error;
}

async function lookOneByOne(
  call: Call,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly SeenJob[]> {
  const jobs: SeenJob[] = [];
  for (const id of ids) jobs.push(await call('showJobStatus', { params: { id }, signal }));
  return jobs;
}

function notFound(missing: readonly string[]): ApiFailure {
  return new ApiFailure({
    code: 'job.not-found',
    status: 404,
    message: `No job with this id is visible to you: ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ' …' : ''}`,
    problems: [],
    requestId: null,
    retryAfterMs: null,
  });
}

/** Cuts a list into pieces of at most `size`. */
export function chunksOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
