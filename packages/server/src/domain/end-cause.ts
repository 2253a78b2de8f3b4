/**
 * Why a program ended, in words. The scheduler's own words become causes in `execution/*-states.ts`; here each cause
 * gets a condition code for machines and a sentence for people.
 */

/** What a scheduler can say about an end beyond an exit code. */
export const END_CAUSES = [
  'out-of-memory',
  'time-limit',
  'node-failure',
  'boot-failure',
  'launch-failure',
  'cancelled',
  'preempted',
  'deadline',
  'requeued',
  'never-satisfiable',
  'revoked',
] as const;
/** A cause of an end. */
export type EndCause = (typeof END_CAUSES)[number];

/** An end explained. */
export interface EndExplanation {
  /** Stable, for machines. */
  readonly condition: string;
  /** What happened: words that go on behind `Job failed: `, without a full stop. */
  readonly sentence: string;
  /** What the owner can do, naming the field of the job request; null where there is nothing. */
  readonly action: string | null;
}

const CAUSES = {
  'out-of-memory': {
    condition: 'OUT_OF_MEMORY',
    sentence: 'it used more memory than it had asked for',
    action: 'Ask for more with memoryPerNode, or spread the work with nodeCount.',
  },
  'time-limit': {
    condition: 'TIME_LIMIT',
    sentence: 'it reached its time limit',
    action: 'Ask for more time with maxRunTime, or let the program save its state and go on in another job.',
  },
  'node-failure': {
    condition: 'NODE_FAILURE',
    sentence: 'a node it ran on failed',
    action: 'Submit it again; the program is not to blame.',
  },
  'boot-failure': {
    condition: 'BOOT_FAILURE',
    sentence: 'a node could not be started for it',
    action: 'Submit it again; the program is not to blame.',
  },
  'launch-failure': {
    condition: 'LAUNCH_FAILURE',
    sentence: 'the scheduler could not start it on its node',
    action: 'Submit it again, and tell the operators of the system if that does not help.',
  },
  cancelled: {
    condition: 'CANCELLED_OUTSIDE',
    sentence: 'it was cancelled in the scheduler, not by way of this service',
    action: null,
  },
  preempted: {
    condition: 'PREEMPTED',
    sentence: 'a job of higher priority took its nodes',
    action: 'Submit it again, or to another batchQueue whose jobs are not preempted.',
  },
  deadline: {
    condition: 'DEADLINE',
    sentence: 'it could not have ended before its deadline',
    action: 'Ask for a shorter maxRunTime, or change the deadline in the custom directives.',
  },
  requeued: {
    condition: 'REQUEUED',
    sentence: 'it was put back into the queue by the scheduler and not started a second time',
    action: 'Submit it again if it can start from the beginning.',
  },
  'never-satisfiable': {
    condition: 'NEVER_SATISFIABLE',
    sentence: 'no node of the system can ever satisfy what it asks for',
    action: 'Ask for less with nodeCount, processorsPerNode or memoryPerNode, or choose another batchQueue.',
  },
  revoked: {
    condition: 'REVOKED',
    sentence: 'another cluster of the federation took it',
    action: null,
  },
} as const satisfies Record<EndCause, EndExplanation>;

/** Exit codes that a shell or the kernel chooses (POSIX shell 2.8.2; bash manual, "Exit Status"). */
const EXIT_CODES: ReadonlyMap<number, EndExplanation> = new Map([
  [
    126,
    {
      condition: 'NOT_EXECUTABLE',
      sentence: 'a command of the program cannot be executed (exit code 126)',
      action: 'Check the permissions and the format of the file it calls.',
    },
  ],
  [
    127,
    {
      condition: 'COMMAND_NOT_FOUND',
      sentence: 'a command of the program was not found (exit code 127)',
      action: 'Check the modules of the app and the PATH on the system.',
    },
  ],
]);

/** Signals that end programs for a reason worth a word, by their number on Linux. */
const SIGNALS: ReadonlyMap<number, { readonly name: string; readonly hint: string | null }> = new Map([
  [2, { name: 'SIGINT', hint: null }],
  [4, { name: 'SIGILL', hint: 'It may have been built for another kind of processor.' }],
  [
    6,
    {
      name: 'SIGABRT',
      hint: 'The program found itself in a state it cannot go on in; see its standard error.',
    },
  ],
  [7, { name: 'SIGBUS', hint: null }],
  [8, { name: 'SIGFPE', hint: 'It divided by zero or overflowed.' }],
  [
    9,
    {
      name: 'SIGKILL',
      hint: 'If nobody killed it, the node may have run out of memory: ask for more with memoryPerNode.',
    },
  ],
  [11, { name: 'SIGSEGV', hint: 'It touched memory that is not its own.' }],
  [13, { name: 'SIGPIPE', hint: null }],
  [15, { name: 'SIGTERM', hint: null }],
  [24, { name: 'SIGXCPU', hint: 'It reached a limit on processor time.' }],
  [25, { name: 'SIGXFSZ', hint: 'It wrote a file larger than allowed.' }],
]);

/** Explains an end from what is known of it: the scheduler's cause says more than an exit code. */
export function explainEnd(end: {
  readonly exitCode: number | null;
  readonly cause: EndCause | null;
}): EndExplanation {
  if (end.cause !== null) return CAUSES[end.cause];
  if (end.exitCode === null) {
    return { condition: 'NO_EXIT_STATUS', sentence: 'it ended without an exit status', action: null };
  }
  return EXIT_CODES.get(end.exitCode) ?? explainSignal(end.exitCode - 128) ?? explainExit(end.exitCode);
}

function explainSignal(signal: number): EndExplanation | null {
  if (signal < 1 || signal > 64) return null;
  const known = SIGNALS.get(signal);
  return {
    condition: 'PROGRAM_SIGNALLED',
    sentence: `the program was ended by signal ${signal}${known ? ` (${known.name})` : ''}`,
    action: known?.hint ?? null,
  };
}

function explainExit(exitCode: number): EndExplanation {
  return {
    condition: exitCode === 0 ? 'SUCCESS' : 'PROGRAM_FAILED',
    sentence: `the program ended with exit code ${exitCode}`,
    action: exitCode === 0 ? null : 'See its standard error.',
  };
}
