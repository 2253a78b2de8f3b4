import {
  type HistoryEntry,
  JOB_PHASES,
  type JobPhase,
  type JobStatus,
  STATUS_LOOKS,
  type StatusLook,
} from '@arras/contract';

/** Where a job is with one phase. `passed`: it ended without ever entering the phase. */
export interface PhaseState {
  readonly phase: JobPhase;
  readonly state: 'done' | 'current' | 'failed' | 'stopped' | 'ahead' | 'passed';
  /** How long the job was in the phase, repeated tries included; null when it never was. */
  readonly ms: number | null;
}

interface Stay {
  readonly phase: JobPhase;
  readonly since: number;
}

/** The phases of a job from its history; pure, so that a test can draw any moment. */
export function phaseStates({
  history,
  status,
  nowMs,
}: {
  history: readonly HistoryEntry[];
  status: JobStatus;
  nowMs: number;
}): PhaseState[] {
  const spent = new Map<JobPhase, number>();
  let current = null as Stay | null;
  for (const entry of withoutVainCleaning(history, status)) {
    const phase = phaseOf(entry.status);
    if (phase === null || phase === current?.phase) continue;
    const at = Date.parse(entry.created);
    if (current !== null) add(spent, current.phase, at - current.since);
    if (phase === 'done') break;
    add(spent, phase, 0);
    current = { phase, since: at };
  }
  const ended = STATUS_LOOKS[status].phase === 'done';
  if (current !== null && !ended) add(spent, current.phase, nowMs - current.since);
  const last = current?.phase ?? null;
  return JOB_PHASES.map((phase) => ({
    phase,
    ms: spent.get(phase) ?? null,
    state: stateOf(phase, { last, status, spent }),
  }));
}

interface Facts {
  /** The phase the job is in, or was in when it ended. */
  readonly last: JobPhase | null;
  readonly status: JobStatus;
  readonly spent: ReadonlyMap<JobPhase, number>;
}

function stateOf(phase: JobPhase, { last, status, spent }: Facts): PhaseState['state'] {
  const look: StatusLook = STATUS_LOOKS[status];
  if (phase === last && look.phase !== 'done') return 'current';
  if (phase === last && look.class !== 'ok') return look.class === 'fail' ? 'failed' : 'stopped';
  const isBehind = last !== null && JOB_PHASES.indexOf(phase) <= JOB_PHASES.indexOf(last);
  if (spent.has(phase) && isBehind) return 'done';
  return look.phase === 'done' || isBehind ? 'passed' : 'ahead';
}

/** A program that failed is cleaned up after, and nothing is archived: the failure belongs to the run. */
function withoutVainCleaning(history: readonly HistoryEntry[], status: JobStatus): readonly HistoryEntry[] {
  const archives = history.some((entry) => entry.status.startsWith('ARCHIVING'));
  if (status !== 'FAILED' || archives) return history;
  return history.filter((entry) => entry.status !== 'CLEANING_UP');
}

function phaseOf(status: string): JobPhase | 'done' | null {
  return Object.hasOwn(STATUS_LOOKS, status) ? STATUS_LOOKS[status as JobStatus].phase : null;
}

function add(spent: Map<JobPhase, number>, phase: JobPhase, ms: number): void {
  // Two clocks may disagree: nothing takes less than no time.
  spent.set(phase, (spent.get(phase) ?? 0) + Math.max(0, ms));
}
