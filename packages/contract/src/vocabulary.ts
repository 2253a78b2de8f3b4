import type { JobStatus } from './events.ts';

/** The phases of a job in order, as CLI, dashboard and mail show them. */
export const JOB_PHASES = ['Accept', 'Inputs', 'Submit', 'Queue', 'Run', 'Archive'] as const;

/** A phase of a job. */
export type JobPhase = (typeof JOB_PHASES)[number];

/** The four kinds of colour. Four and not one per status, because more collapse under colour blindness. */
export type StatusClass = 'idle' | 'active' | 'ok' | 'fail';

/** How one status looks everywhere. A status is symbol and word, never colour alone. */
export interface StatusLook {
  /** `done` once the job has ended; null where the job stays in the phase it was in. */
  readonly phase: JobPhase | 'done' | null;
  readonly symbol: string;
  /** The symbol for terminals without Unicode and for screen readers. */
  readonly ascii: string;
  readonly class: StatusClass;
}

const accept = { phase: 'Accept', symbol: '○', ascii: '.', class: 'idle' } as const;
const inputs = { phase: 'Inputs', symbol: '⇣', ascii: '<', class: 'active' } as const;
const submit = { phase: 'Submit', symbol: '⇡', ascii: '^', class: 'active' } as const;
const queue = { phase: 'Queue', symbol: '◷', ascii: '~', class: 'idle' } as const;
const run = { phase: 'Run', symbol: '▶', ascii: '>', class: 'active' } as const;
const paused = { phase: null, symbol: '‖', ascii: '=', class: 'idle' } as const;
const archive = { phase: 'Archive', symbol: '⇢', ascii: '}', class: 'active' } as const;
const good = { phase: 'done', symbol: '✓', ascii: '+', class: 'ok' } as const;
const bad = { phase: 'done', symbol: '✗', ascii: 'x', class: 'fail' } as const;
const ended = { phase: 'done', symbol: '⊘', ascii: '/', class: 'idle' } as const;

/** The look of every status. */
export const STATUS_LOOKS = {
  PENDING: accept,
  PROCESSING_INPUTS: inputs,
  STAGING_INPUTS: inputs,
  STAGED: inputs,
  STAGING_JOB: submit,
  SUBMITTING: submit,
  QUEUED: queue,
  RUNNING: run,
  PAUSED: paused,
  CLEANING_UP: archive,
  ARCHIVING: archive,
  ARCHIVING_FINISHED: good,
  FINISHED: good,
  ARCHIVING_FAILED: bad,
  FAILED: bad,
  KILLED: ended,
  STOPPED: ended,
} as const satisfies Record<JobStatus, StatusLook>;

/** The look of a job whose stop was requested and is not yet proven. Not a status: the job keeps its own. */
export const STOP_REQUESTED_LOOK = {
  phase: null,
  symbol: '◌',
  ascii: '?',
  class: 'idle',
} as const satisfies StatusLook;
