import { findJobLog, type OutputEntry } from '@arras/contract';
import type { LogKind } from './log-place.ts';

/** The file of a stream, as it was found. */
export interface LogFile {
  /** In the job's directory. */
  readonly path: string;
  readonly size: number;
}

/** The files of both streams; a stream whose file does not exist yet is missing. */
export type LogFiles = Readonly<Partial<Record<LogKind, LogFile>>>;

/** The files of both logs among the entries of the directory of a job. */
export function logFilesAmong(
  id: string,
  entries: readonly Pick<OutputEntry, 'name' | 'path' | 'length'>[],
): LogFiles {
  const find = (kind: LogKind) => {
    const entry = findJobLog(entries, id, kind);
    return entry && { [kind]: { path: entry.path.slice(1), size: Math.max(0, entry.length) } };
  };
  return { ...find('out'), ...find('err') };
}
