import type { EndCause } from '../domain/end-cause.ts';
import type { Phase } from './batch-answer.ts';

const QUEUED: Phase = { is: 'queued' };
const RUNNING: Phase = { is: 'running' };
const ended = (cause: EndCause): Phase => ({ is: 'ended', cause });

/**
 * Job states of Slurm 22.05 to 24.11 (`man squeue`, "JOB STATE CODES"; `man sacct`). COMPLETING counts as running: some
 * processes may be there still. STOPPED and SIGNALING keep the processors, as a paused program of FORK does.
 */
export const SLURM_STATES: Readonly<Record<string, Phase>> = {
  PENDING: QUEUED,
  CONFIGURING: QUEUED,
  REQUEUED: QUEUED,
  REQUEUE_FED: QUEUED,
  REQUEUE_HOLD: QUEUED,
  RESV_DEL_HOLD: QUEUED,
  SPECIAL_EXIT: QUEUED,
  POWER_UP_NODE: QUEUED,
  RUNNING,
  COMPLETING: RUNNING,
  RESIZING: RUNNING,
  SIGNALING: RUNNING,
  STAGE_OUT: RUNNING,
  UPDATE_DB: RUNNING,
  EXPEDITING: RUNNING,
  SUSPENDED: { is: 'paused' },
  STOPPED: { is: 'paused' },
  COMPLETED: { is: 'ended', succeeded: true },
  FAILED: { is: 'ended' },
  BOOT_FAIL: ended('boot-failure'),
  CANCELLED: ended('cancelled'),
  DEADLINE: ended('deadline'),
  LAUNCH_FAILED: ended('launch-failure'),
  NODE_FAIL: ended('node-failure'),
  OUT_OF_MEMORY: ended('out-of-memory'),
  PREEMPTED: ended('preempted'),
  RECONFIG_FAIL: ended('node-failure'),
  REVOKED: ended('revoked'),
  TIMEOUT: ended('time-limit'),
};

/** Causes that Slurm names in the reason of a job that has the state FAILED, or is on its way to an end. */
export const SLURM_END_REASONS: Readonly<Record<string, EndCause>> = {
  BadConstraints: 'never-satisfiable',
  DeadLine: 'deadline',
  JobLaunchFailure: 'launch-failure',
  NodeDown: 'node-failure',
  OutOfMemory: 'out-of-memory',
  SystemFailure: 'launch-failure',
  TimeLimit: 'time-limit',
};
