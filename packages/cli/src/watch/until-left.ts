import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderDuration } from '../quantities.ts';
import type { Session } from '../session.ts';

/** Why something that lasts was left before it was over. */
class Left extends Error {
  override readonly name = 'Left';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** How something that lasts may end early. */
export interface LeaveOptions {
  /** Gives up after this time, in milliseconds. Default: never. */
  readonly timeoutMs?: number | undefined;
  /** The command that goes on with a job, without the name of the program; of other things, what becomes of them. */
  readonly resume: (() => string) | { readonly note: string };
}

/**
 * Does something that lasts until it is over, until Ctrl-C, or until the time is up. In the latter two cases it says
 * how to go on. `work` ends with its signal by rejecting with the signal's reason;
 * `detach` does as Ctrl-C does.
 */
export async function untilLeft(
  session: Session,
  { timeoutMs, resume }: LeaveOptions,
  work: (signal: AbortSignal, detach: () => void) => Promise<ExitCode>,
): Promise<ExitCode> {
  const leave = new AbortController();
  const onInterrupt = () => leave.abort(new Left('Detached', EXIT.interrupted));
  const onTimeout = () =>
    leave.abort(new Left(`Not there within ${renderDuration(timeoutMs ?? 0)}`, EXIT.timeout));
  const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
  process.once('SIGINT', onInterrupt);
  try {
    return await work(leave.signal, onInterrupt);
  } catch (error) {
    if (!(error instanceof Left)) throw error;
    const rest =
      typeof resume === 'function' ? `the job goes on: ${session.program} ${resume()}` : resume.note;
    session.say(`${error.message}; ${rest}\n`);
    return error.exitCode;
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', onInterrupt);
  }
}
