import type { Client } from '@arras/client';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderDuration } from '../quantities.ts';
import type { Session } from '../session.ts';
import { type WatchJobsOptions, watchJobs } from './watch-jobs.ts';

/** Why a watch ended before the jobs did. */
class Detached extends Error {
  override readonly name = 'Detached';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** How to watch for a person: `timeoutMs` gives up after that time. Default: never. */
export interface DetachOptions extends Omit<WatchJobsOptions, 'signal'> {
  readonly timeoutMs?: number | undefined;
}

/** Watches until the jobs have ended, Ctrl-C, or the timeout. In the latter two cases it says how to go on. */
export async function watchOrDetach(
  session: Session,
  client: Client,
  ids: readonly string[],
  { timeoutMs, ...options }: DetachOptions,
): Promise<ExitCode> {
  const leave = new AbortController();
  const onInterrupt = () => leave.abort(new Detached('Detached', EXIT.interrupted));
  const onTimeout = () =>
    leave.abort(new Detached(`Not ended within ${renderDuration(timeoutMs ?? 0)}`, EXIT.timeout));
  const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
  process.once('SIGINT', onInterrupt);
  try {
    return await watchJobs(session, client, ids, { ...options, signal: leave.signal });
  } catch (error) {
    if (!(error instanceof Detached)) throw error;
    session.say(`${error.message}; the job goes on: ${session.program} jobs watch ${ids.join(' ')}\n`);
    return error.exitCode;
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', onInterrupt);
  }
}
