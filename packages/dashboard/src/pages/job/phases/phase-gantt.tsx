import { type HistoryEntry, type JobStatus, type PhaseState, phaseStates, phaseStays } from '@arras/contract';
import { nowMs } from '../../../ui/clock.ts';
import { formatShort } from '../format-short.ts';
import { type GanttBar, ganttRows } from './gantt-bars.ts';
import './phase-gantt.css';

/** What {@link PhaseGantt} shows. */
export interface PhaseGanttProps {
  readonly history: readonly HistoryEntry[];
  readonly status: JobStatus;
}

const MARKS = {
  done: { symbol: '✓', word: 'done' },
  current: { symbol: '▶', word: 'under way' },
  failed: { symbol: '✗', word: 'failed' },
  stopped: { symbol: '⊘', word: 'stopped' },
  ahead: { symbol: '', word: 'not yet' },
  passed: { symbol: '–', word: 'passed by' },
} as const satisfies Record<PhaseState['state'], { symbol: string; word: string }>;

/** The phases of a job with their durations; every try is a bar of its own, and waiting in the queue is hatched. */
export function PhaseGantt({ history, status }: PhaseGanttProps) {
  const facts = { history, status };
  const states = phaseStates({ ...facts, nowMs: nowMs.value });
  const rows = ganttRows(phaseStays(facts), nowMs.value);
  return (
    <table class="phase-gantt">
      <caption class="visually-hidden">Phases of the job with their durations</caption>
      <colgroup>
        <col class="phase-gantt-names" />
        <col />
        <col class="phase-gantt-times" />
      </colgroup>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">Phase</th>
          <th scope="col">When</th>
          <th scope="col">How long</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ phase, bars, ms }, index) => {
          const state = states[index]?.state ?? 'ahead';
          return (
            <tr key={phase} class={`phase-gantt-row phase-gantt-${state}`}>
              <th scope="row">{phase}</th>
              <td class="phase-gantt-track">
                {bars.map((bar) => (
                  <Bar key={bar.number} bar={bar} isQueue={phase === 'Queue'} name={phase} />
                ))}
              </td>
              <td class="phase-gantt-time">
                {bars.length > 0 && `${formatShort(ms)} `}
                <span aria-hidden="true">{MARKS[state].symbol}</span>
                <span class="visually-hidden">{MARKS[state].word}</span>
                {bars.length > 1 && <small> {bars.length} tries</small>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

interface BarProps {
  readonly bar: GanttBar;
  readonly isQueue: boolean;
  readonly name: string;
}

function Bar({ bar, isQueue, name }: BarProps) {
  const { from, width, outcome, number, ms, reason } = bar;
  const title = `${name}${number > 1 ? `, try ${number}` : ''}: ${formatShort(ms)}${reason === null ? '' : `. ${reason}`}`;
  const hatch = isQueue ? ' phase-gantt-queue' : '';
  return (
    <span
      class={`phase-gantt-bar phase-gantt-bar-${outcome}${hatch}`}
      title={title}
      style={{ insetInlineStart: `${from * 100}%`, width: `${width * 100}%` }}
    >
      <span class="visually-hidden">{title}. </span>
    </span>
  );
}
