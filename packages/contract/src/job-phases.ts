import { JOB_STATUSES, type JobStatus } from './events.ts';
import type { HistoryEntry } from './jobs.ts';
import { JOB_PHASES, type JobPhase, STATUS_LOOKS, type StatusLook } from './vocabulary.ts';

/** What the phases are drawn from; pure, so that a test can draw any moment. */
export interface PhaseFacts {
  /** Oldest first. */
  readonly history: readonly Pick<HistoryEntry, 'status' | 'created' | 'description'>[];
  readonly status: JobStatus;
}

/** One uninterrupted time that a job was in a phase. A phase that was tried again has several. */
export interface PhaseStay {
  readonly phase: JobPhase;
  /** 1 for the first time in the phase, then 2, 3 … */
  readonly number: number;
  /** Milliseconds since 1970, by the clock of the service. */
  readonly fromMs: number;
  /** Null while the job is there. */
  readonly toMs: number | null;
  /** How it ended: `again` when the job had to go back and try once more. */
  readonly outcome: 'done' | 'again' | 'current' | 'failed' | 'stopped';
  /** Why the job had to go back; null when it did not, or nobody said. */
  readonly reason: string | null;
}

/** Every stay of a job in a phase, oldest first. */
export function phaseStays({ history, status }: PhaseFacts): readonly PhaseStay[] {
  const stays: PhaseStay[] = [];
  let open = null as Stay | null;
  for (const entry of withoutVainCleaning(history, status)) {
    const place = placeOf(entry.status);
    if (place === null || (place.phase === open?.phase && place.step >= open.step)) {
      if (place !== null && open !== null) open = { ...open, step: place.step };
      continue;
    }
    const at = Date.parse(entry.created);
    if (open !== null) stays.push(closed(open, at, place, entry));
    if (place.phase === 'done') return withEnd(stays, status);
    const number = stays.filter(({ phase }) => phase === place.phase).length + 1;
    open = { phase: place.phase, step: place.step, number, fromMs: at };
  }
  if (open === null) return stays;
  const { phase, number, fromMs } = open;
  // A history that was read before the job's end is a moment behind its status.
  const rest: PhaseStay = { phase, number, fromMs, toMs: null, outcome: 'current', reason: null };
  return isEnd(status) ? withEnd([...stays, { ...rest, toMs: fromMs }], status) : [...stays, rest];
}

interface Stay {
  readonly phase: JobPhase;
  /** Place of its status among all: one that is before it begins the phase anew. */
  readonly step: number;
  readonly number: number;
  readonly fromMs: number;
}

function closed(open: Stay, at: number, next: Place, entry: PhaseFacts['history'][number]): PhaseStay {
  const { phase, number, fromMs } = open;
  const isBack = next.phase !== 'done' && JOB_PHASES.indexOf(next.phase) <= JOB_PHASES.indexOf(phase);
  return {
    phase,
    number,
    fromMs,
    // Two clocks may disagree: nothing takes less than no time.
    toMs: Math.max(fromMs, at),
    outcome: isBack ? 'again' : entry.status === 'ARCHIVING_FAILED' ? 'failed' : 'done',
    reason: isBack ? (entry.description ?? null) : null,
  };
}

function withEnd(stays: readonly PhaseStay[], status: JobStatus): readonly PhaseStay[] {
  const last = stays.at(-1);
  const look: StatusLook = STATUS_LOOKS[status];
  if (last === undefined || look.class === 'ok' || look.phase !== 'done') return stays;
  return [...stays.slice(0, -1), { ...last, outcome: look.class === 'fail' ? 'failed' : 'stopped' }];
}

/** Where a job is with one phase. `passed`: it ended without ever entering the phase. */
export interface PhaseState {
  readonly phase: JobPhase;
  readonly state: 'done' | 'current' | 'failed' | 'stopped' | 'ahead' | 'passed';
  /** How long the job was in the phase, repeated tries included; null when it never was. */
  readonly ms: number | null;
}

/** The phases of a job in their order, each with all the time that was spent in it. */
export function phaseStates({ nowMs, ...facts }: PhaseFacts & { readonly nowMs: number }): PhaseState[] {
  const stays = phaseStays(facts);
  const spent = new Map<JobPhase, number>();
  for (const { phase, fromMs, toMs } of stays)
    spent.set(phase, (spent.get(phase) ?? 0) + Math.max(0, (toMs ?? nowMs) - fromMs));
  const last = stays.at(-1)?.phase ?? null;
  return JOB_PHASES.map((phase) => ({
    phase,
    ms: spent.get(phase) ?? null,
    state: stateOf(phase, { last, status: facts.status, spent }),
  }));
}

interface Spent {
  /** The phase the job is in, or was in when it ended. */
  readonly last: JobPhase | null;
  readonly status: JobStatus;
  readonly spent: ReadonlyMap<JobPhase, number>;
}

function stateOf(phase: JobPhase, { last, status, spent }: Spent): PhaseState['state'] {
  const look: StatusLook = STATUS_LOOKS[status];
  if (phase === last && look.phase !== 'done') return 'current';
  if (phase === last && look.class !== 'ok') return look.class === 'fail' ? 'failed' : 'stopped';
  const isBehind = last !== null && JOB_PHASES.indexOf(phase) <= JOB_PHASES.indexOf(last);
  if (spent.has(phase) && isBehind) return 'done';
  return look.phase === 'done' || isBehind ? 'passed' : 'ahead';
}

/** A program that failed is cleaned up after, and nothing is archived: the failure belongs to the run. */
function withoutVainCleaning(history: PhaseFacts['history'], status: JobStatus): PhaseFacts['history'] {
  const archives = history.some((entry) => entry.status.startsWith('ARCHIVING'));
  if (status !== 'FAILED' || archives) return history;
  return history.filter((entry) => entry.status !== 'CLEANING_UP');
}

interface Place {
  readonly phase: JobPhase | 'done';
  readonly step: number;
}

/** Null for what is no status, and for PAUSED: the job stays in the phase it was in. */
function placeOf(status: string): Place | null {
  if (!Object.hasOwn(STATUS_LOOKS, status)) return null;
  const { phase } = STATUS_LOOKS[status as JobStatus];
  return phase === null ? null : { phase, step: JOB_STATUSES.indexOf(status as JobStatus) };
}

function isEnd(status: JobStatus): boolean {
  return STATUS_LOOKS[status].phase === 'done';
}
