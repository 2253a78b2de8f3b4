import { ApiError, type JobSummary } from '@arras/contract';
import { callOperation } from '../call-operation.ts';
import { findOperation } from '../find-operation.ts';
import type { Handler } from '../handler.ts';
import { queryTextOf } from '../query-memo.ts';
import type { Reply } from '../reply.ts';

/** Pairs in one address, as in the original (spec: jobs 11.3). */
const MAX_PAIRS = 7;

/** Of `/jobs/v2/search/`. */
const PARTS_BEFORE = 3;

/** Fields and values in turn, split before they are decoded: a value may hold slashes, written as `%2F`. */
function partsOf(url: string): string[] {
  const [path = ''] = url.replace(/^https?:\/\/[^/]*/, '').split('?', 1);
  const parts = path.split('/').filter((part) => part !== '');
  return parts.slice(PARTS_BEFORE).map((part) => decodeURIComponent(part));
}

/** `/jobs/v2/search/status/RUNNING/name/demo` is the list of jobs with these two conditions. */
export const searchJobs: Handler<'searchJobs'> = async ({ context, viewer, raw }) => {
  const parts = partsOf(raw.request.url);
  if (parts.length === 0 || parts.length % 2 !== 0 || parts.length > 2 * MAX_PAIRS) {
    const message = `expected 1 to ${MAX_PAIRS} pairs of a field and a value, got ${parts.length} parts`;
    throw new ApiError('request.bad-query', { problems: [{ field: 'path', message }] });
  }
  const query = new URLSearchParams(queryTextOf(raw.request));
  for (let index = 0; index < parts.length; index += 2)
    query.append(`${parts[index] ?? ''}.eq`, parts[index + 1] ?? '');
  const target = `/jobs/v2?${query.toString()}`;
  const found = findOperation(target);
  if (found === null) throw new ApiError('route.not-found');
  // The operation of this address is listJobs, whose rows these are.
  return (await callOperation(context, { found, target, viewer, raw })) as Reply<JobSummary[]>;
};
