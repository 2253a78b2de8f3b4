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
  /** Understood and declined for good: nothing was started and asking again cannot help. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nobody knows whether it started (timeout, cut connection, text we do not know): reconcile first. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** What is known about a try from its markers and the scheduler (RELIABILITY R7: marker beats scheduler). */
export type Observation =
  /** Positive proof of the end. */
  | { readonly state: 'ended'; readonly exitCode: number }
  /** Claimed by a start that has proven itself alive. */
  | { readonly state: 'running'; readonly localId: string | null }
  | { readonly state: 'paused'; readonly localId: string | null }
  /** In the scheduler's queue, not started. */
  | { readonly state: 'queued'; readonly localId: string | null }
  /** Claimed a moment ago, its process record not yet written. */
  | { readonly state: 'starting' }
  /** It started and is provably gone without an exit marker. Never a success. */
  | { readonly state: 'lost'; readonly reason: string }
  /** The service holds the claim: this try can never start. */
  | { readonly state: 'fenced' }
  /** No claim, no process, no row: either it never arrived or it has not started yet. */
  | { readonly state: 'absent' };

/**
 * A scheduler is a record of facts and pure text functions. It never runs anything: `executor.ts` joins it
 * with a shell. Adding a scheduler is adding one file.
 */
export interface Scheduler {
  /** The name systems are registered with, such as FORK. */
  readonly name: string;
  /** Directive lines for the head of the program's script; empty where there is no batch system. */
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
   * The observation of each try by its tag. The answer stands between two lines that hold the nonce of its
   * call. Throws {@link UnreadableAnswer} when the text is not a whole answer: then nothing is known.
   */
  readonly parsePoll: (
    stdout: string,
    nonce: string,
    tracked: readonly Tracked[],
  ) => ReadonlyMap<string, Observation>;
  /** Asks one verified try to end. `force` is SIGKILL or the scheduler's equivalent. */
  readonly cancel: (tracked: Tracked, force: boolean) => ShellCommand;
  /** Suspends or resumes a try; null where the scheduler cannot. */
  readonly suspend: ((tracked: Tracked, action: 'pause' | 'resume') => ShellCommand) | null;
}

/** The answer to a poll was cut, garbled or not ours. An error changes nothing but the time of the check. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}
