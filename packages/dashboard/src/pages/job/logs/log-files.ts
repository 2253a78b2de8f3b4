import type { OutputEntry } from '@arras/contract';
import { ApiFailure } from '../../../api/api-failure.ts';
import { call } from '../../../api/call.ts';
import type { LogKind } from './log-place.ts';

/** The file of a stream, as it was found. */
export interface LogFile {
  /** In the job's directory. */
  readonly path: string;
  readonly size: number;
}

/** The files of both streams; a stream whose file does not exist yet is missing. */
export type LogFiles = Readonly<Partial<Record<LogKind, LogFile>>>;

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

/** The names end in the id of the job, whatever the job is called. */
export function logFilesAmong(
  id: string,
  entries: readonly Pick<OutputEntry, 'name' | 'path' | 'length'>[],
): LogFiles {
  const find = (kind: LogKind) => {
    const entry = entries.find(({ name }) => name === `${id}.${kind}` || name.endsWith(`-${id}.${kind}`));
    return entry && { [kind]: { path: entry.path.slice(1), size: Math.max(0, entry.length) } };
  };
  return { ...find('out'), ...find('err') };
}
