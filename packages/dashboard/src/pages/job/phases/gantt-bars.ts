import { JOB_PHASES, type JobPhase, type PhaseStay } from '@arras/contract';

/** A bar of the diagram. Places are 0 to 1 of the whole time. */
export interface GanttBar {
  readonly from: number;
  readonly width: number;
  readonly outcome: PhaseStay['outcome'];
  /** For the pointer and for screen readers: `Submit, try 1, 12s: Attempt 1 failed`. */
  readonly number: number;
  readonly ms: number;
  readonly reason: string | null;
}

/** A row of the diagram. */
export interface GanttRow {
  readonly phase: JobPhase;
  readonly bars: readonly GanttBar[];
  /** All bars together, in milliseconds. */
  readonly ms: number;
}

/** A row for each phase with a bar for each stay, from the first moment to the last, or to now while the job goes on. */
export function ganttRows(stays: readonly PhaseStay[], nowMs: number): readonly GanttRow[] {
  const startMs = stays[0]?.fromMs ?? nowMs;
  const endMs = Math.max(startMs, ...stays.map(({ toMs }) => toMs ?? nowMs));
  const wholeMs = Math.max(1, endMs - startMs);
  return JOB_PHASES.map((phase) => {
    const bars = stays
      .filter((stay) => stay.phase === phase)
      .map(({ fromMs, toMs, outcome, number, reason }) => {
        const ms = Math.max(0, (toMs ?? nowMs) - fromMs);
        return { from: (fromMs - startMs) / wholeMs, width: ms / wholeMs, outcome, number, ms, reason };
      });
    return { phase, bars, ms: bars.reduce((sum, { ms }) => sum + ms, 0) };
  });
}
