import { findJobLog } from '@arras/contract';
import { call, download } from '../../../api/call.ts';
import { lastErrorLines, TAIL_BYTES } from './error-lines.ts';

/** The end of what a job wrote to its standard error. */
export interface ErrorTail {
  /** The file among its outputs; null when there is none, or nothing in it. */
  readonly path: string | null;
  readonly lines: readonly string[];
}

/** One page of a listing holds what the top of a job directory usually has. */
const LISTED = 250;

/** Reads the last lines of a job's standard error. @throws ApiFailure */
export async function readErrorTail(id: string, signal?: AbortSignal): Promise<ErrorTail> {
  const entries = await call('listJobOutputs', { params: { id }, query: { limit: LISTED }, signal });
  const file = findJobLog(entries, id, 'err');
  if (file === undefined || file.length === 0) return { path: null, lines: [] };
  const start = Math.max(0, file.length - TAIL_BYTES);
  const headers = start === 0 ? {} : { range: `bytes=${start}-` };
  const response = await download('downloadJobOutput', { params: { id, path: file.name }, headers, signal });
  return { path: file.name, lines: lastErrorLines(await response.text(), { isWhole: start === 0 }) };
}
