import type { OutputEntry } from '@arras/contract';
import { ApiFailure } from '../../../api/api-failure.ts';
import { call } from '../../../api/call.ts';
import { type LogFiles, logFilesAmong } from './log-file-names.ts';

/** As many entries as one answer holds. */
const PAGE = 250;

/** Finds the files into which a job's program writes; none before the job has a directory. @throws ApiFailure. */
export async function findLogFiles(id: string, signal: AbortSignal): Promise<LogFiles> {
  let found: LogFiles = {};
  for (let offset = 0; ; offset += PAGE) {
    const page = await listRoot(id, offset, signal);
    found = { ...found, ...logFilesAmong(id, page) };
    if (page.length < PAGE || (found.out !== undefined && found.err !== undefined)) return found;
  }
}

async function listRoot(id: string, offset: number, signal: AbortSignal): Promise<readonly OutputEntry[]> {
  try {
    return await call('listJobOutputs', { params: { id }, query: { limit: PAGE, offset }, signal });
  } catch (error) {
    if (error instanceof ApiFailure && error.facts.code === 'output.not-found') return [];
    throw error;
  }
}
