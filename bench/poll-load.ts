import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Requests to one server, as fast as it answers. */
export interface PollLoad {
  readonly url: string;
  /** Asked for in turn. Each client remembers the tag of its last answer and sends it with the next request. */
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
  /** Milliseconds that each answer took, sorted. */
  readonly samples: readonly number[];
}

/** A process that makes loads, so that their cost is not the server's; it keeps the tags of what it has asked for. */
export interface PollLoader extends AsyncDisposable {
  run(load: PollLoad): Promise<PollLoadResult>;
}

/** Starts the process. */
export function startPollLoader(): PollLoader {
  const child = fork(join(import.meta.dirname, 'poll-load-process.ts'));
  return {
    run: async (load) => {
      const answered = once(child, 'message') as Promise<[PollLoadResult]>;
      child.send(load);
      const [result] = await answered;
      return result;
    },
    [Symbol.asyncDispose]: async () => {
      child.disconnect();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
