/**
 * The engine's tasks. A queue row is only a bell (RELIABILITY R2): every handler looks at the job again and
 * returns when there is nothing to do, so ringing twice, late or never is harmless.
 */
export const JOB_TASKS = ['stage', 'submit', 'archive', 'cancel', 'expire', 'tidy'] as const;

/** Tasks that move one job. */
export type JobTaskName = (typeof JOB_TASKS)[number];

export const SYSTEM_TASKS = ['collect', 'monitor'] as const;

/** Tasks that look at all jobs of one execution system at once. */
export type SystemTaskName = (typeof SYSTEM_TASKS)[number];

/** Tasks that bring content to a path of the Files API; apart from all others, so that imports never keep jobs waiting. */
export const FILE_TASKS = ['ingest'] as const;

export type FileTaskName = (typeof FILE_TASKS)[number];

/** Every task. */
export const TASKS = [...JOB_TASKS, ...SYSTEM_TASKS, ...FILE_TASKS] as const;

export type TaskName = (typeof TASKS)[number];

/** What a task is about: the id of a job, a system or a transfer. */
export interface TaskPayload {
  readonly subject: string;
}

/** One row to put into the queue. */
export interface QueuedTask {
  readonly task: TaskName;
  readonly subject: string;
  /** Milliseconds from now. Default: 0. */
  readonly delayMs?: number;
}

/** Bells with the same key replace each other while they wait. */
export function taskKey(task: TaskName, subject: string): string {
  return `${task}:${subject}`;
}

/**
 * Tasks that may move gigabytes run apart from those that decide, so that transfers can never keep an ended
 * job from being noticed.
 */
export const DATA_TASKS: readonly TaskName[] = ['stage', 'archive', 'tidy'];
export const CONTROL_TASKS: readonly TaskName[] = ['cancel', 'expire', 'collect', 'monitor'];
/**
 * Starts of jobs mostly wait for their systems, where many go together in one command: the more of them are under way,
 * the fewer commands there are.
 */
export const SUBMIT_TASKS: readonly TaskName[] = ['submit'];

/**
 * How long the sweep waits for the bell before it looks itself. Short enough that a lost queue row costs
 * seconds; long enough that a healthy task, which holds the lease, is never looked at twice.
 */
export const SWEEP_AFTER_MS = 5_000;
