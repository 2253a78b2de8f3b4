import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Requests to one server, as fast as it answers. */
export interface PollLoad {
  readonly url: string;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
  /** Ends the load earlier. */
  readonly maxRequests?: number;
}

/** What a load saw. */
export interface PollLoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** How many answers had each status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Runs a load in a process of its own. */
export async function runPollLoad(load: PollLoad): Promise<PollLoadResult> {
  const child = fork(join(import.meta.dirname, 'poll-load-process.ts'));
  try {
    const answered = once(child, 'message') as Promise<[PollLoadResult]>;
    child.send(load);
    const [result] = await answered;
    return result;
  } finally {
    child.disconnect();
    if (child.exitCode === null) await once(child, 'exit');
  }
}
