import type { EndCause } from '../domain/end-cause.ts';
import type { ShellCommand } from './shell.ts';

/** One try to start a job's program on a target. Paths are absolute on the target. */
export interface Launch {
  /** `tj-<job id>-<try>`: names this try and nothing else, in the scheduler and in the spool. */
  readonly tag: string;
  /** Counts from 1. */
  readonly tryNumber: number;
  readonly workDirectory: string;
  /** Directory on the same file system as the work directory that collects exit markers. */
  readonly spoolDirectory: string;
  /** File name of the program's script inside the work directory. */
  readonly scriptName: string;
  /** File names of the program's output streams inside the work directory. */
  readonly stdoutName: string;
  readonly stderrName: string;
  readonly resources: LaunchResources;
}

/** What a scheduler is asked for. */
export interface LaunchResources {
  readonly queue: string | null;
  readonly nodeCount: number;
  readonly processorsPerNode: number;
  readonly memoryPerNodeGb: number | null;
  readonly maxRunTimeSeconds: number | null;
  readonly customDirectives: string | null;
}

/** A started or maybe started try that is being watched. */
export interface Tracked {
  readonly tag: string;
  readonly tryNumber: number;
  readonly workDirectory: string;
  readonly spoolDirectory: string;
  /** The id the scheduler or the kernel gave; null while the outcome of the submission is unknown. */
  readonly localId: string | null;
}

/** The scheduler's answer to a submission. */
export type SubmitOutcome =
  /** Accepted. `running` is true where acceptance means that the program has been started (fork). */
  | { readonly kind: 'accepted'; readonly localId: string; readonly running: boolean }
  /**
   * Understood and declined: nothing was started. Asking again cannot help, unless `clears` says that it was a limit
   * on what may be submitted at once.
   */
  | { readonly kind: 'refused'; readonly reason: string; readonly clears?: true }
  /** Nobody knows whether it started (timeout, cut connection, text we do not know): reconcile first. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** What is known about a try from its markers and the scheduler (RELIABILITY R7: marker beats scheduler). */
export type Observation =
  /**
   * Positive proof of the end, and what the scheduler adds to it. With `closing`, it has not closed the job yet, and may
   * still say why it ended.
   */
  | {
      readonly state: 'ended';
      readonly exitCode: number;
      readonly closing?: true;
      readonly cause?: EndCause;
      readonly usage?: Usage;
    }
  /** Claimed by a start that has proven itself alive. */
  | { readonly state: 'running'; readonly localId: string | null }
  | { readonly state: 'paused'; readonly localId: string | null }
  /** In the scheduler's queue, not started. */
  | { readonly state: 'queued'; readonly localId: string | null; readonly waiting?: Waiting }
  /** Claimed a moment ago, its process record not yet written. */
  | { readonly state: 'starting' }
  /**
   * It is provably gone without an exit marker. Never a success. With `neverStarted`, the scheduler ended it before
   * its program began: the service takes its claim before it believes that.
   */
  | {
      readonly state: 'lost';
      readonly reason: string;
      readonly cause?: EndCause;
      readonly usage?: Usage;
      readonly neverStarted?: true;
    }
  /** The service holds the claim: this try can never start. */
  | { readonly state: 'fenced' }
  /**
   * Nothing is seen of it now. Without a claim, either it never arrived or it has not started yet. With `started`, it
   * did start, left no exit marker, and the scheduler does not know it any more: lost, for the reason given, when
   * this is seen again for long enough (R7).
   */
  | { readonly state: 'absent'; readonly started?: { readonly reason: string; readonly cause?: EndCause } };

/** Why a try waits in its queue. */
export interface Waiting {
  /** The scheduler's own word, such as `Priority`; null when it gives none. See `domain/waiting-reason.ts`. */
  readonly reason: string | null;
  /** When the scheduler expects to start it, in UTC; null while it has no estimate. */
  readonly estimatedStart: Date | null;
}

/** What a try used, as far as the scheduler's accounting knows. */
export interface Usage {
  readonly elapsedSeconds: number | null;
  /** User and system time of all its processes. */
  readonly cpuSeconds: number | null;
  /** The most that any one of its tasks held at a time. */
  readonly maxMemoryBytes: number | null;
}

/**
 * A scheduler is a record of facts and pure text functions. It never runs anything: `executor.ts` joins it
 * with a shell. Adding a scheduler is adding one file.
 */
export interface Scheduler {
  /** The name systems are registered with, such as FORK. */
  readonly name: string;
  /**
   * Whether programs get a session of their own. Batch systems keep track of a job's processes themselves, some of them
   * only of those in the group of the script they started.
   */
  readonly newSession: boolean;
  /** Shows that the scheduler answers this account: prints what answered, one line, or fails with the reason. */
  readonly probe: ShellCommand;
  /**
   * Directive lines for the head of the script that is submitted; empty where there is no batch system. Throws
   * `JobFault` for custom directives that would take the job out of our hands.
   */
  readonly directives: (launch: Launch) => readonly string[];
  /** One command that starts several tries, each independently of the others' fate. */
  readonly submit: (launches: readonly Launch[]) => ShellCommand;
  /** The outcome of each launch by tag; a tag that is missing has an unknown outcome. */
  readonly parseSubmit: (output: {
    readonly exitCode: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }) => ReadonlyMap<string, SubmitOutcome>;
  /** One command that tells about all the tries, whatever their number. */
  readonly poll: (tracked: readonly Tracked[], nonce: string) => ShellCommand;
  /**
   * The observation of each try by its tag; a try of which nothing is known is missing. The answer stands between
   * two lines that hold the nonce of its call. Throws {@link UnreadableAnswer} when the text is not a whole answer,
   * or when it tells of no try at all because the scheduler did not answer.
   */
  readonly parsePoll: (
    stdout: string,
    nonce: string,
    tracked: readonly Tracked[],
  ) => ReadonlyMap<string, Observation>;
  /**
   * Asks one verified try to end. `force` is SIGKILL or the scheduler's equivalent. As with `suspend`, exit code 69
   * means that the request was understood and refused, in the words on standard output.
   */
  readonly cancel: (tracked: Tracked, force: boolean) => ShellCommand;
  /** Suspends or resumes a try; null where the scheduler cannot. */
  readonly suspend: ((tracked: Tracked, action: 'pause' | 'resume') => ShellCommand) | null;
}

/** Exit code of a command that was understood and refused (EX_UNAVAILABLE of sysexits.h). */
export const REFUSED_EXIT_CODE = 69;

/** The answer to a poll was cut, garbled or not ours. An error changes nothing but the time of the check. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
  /** Nothing was learned, just as from a host that does not answer. */
  readonly code = 'unreachable';
}
