import type { PhaseState } from '@arras/contract';
import { textWidth } from '../clean-text.ts';
import { renderDuration } from '../quantities.ts';
import { paint, type Terminal, type Tone } from '../terminal.ts';

const MARKS = {
  done: { unicode: '✓', ascii: '+', tone: 'ok' },
  current: { unicode: '▶', ascii: '>', tone: 'active' },
  failed: { unicode: '✗', ascii: 'x', tone: 'fail' },
  stopped: { unicode: '⊘', ascii: '/', tone: 'idle' },
  ahead: { unicode: '', ascii: '', tone: 'idle' },
  passed: { unicode: '–', ascii: '-', tone: 'idle' },
} as const satisfies Record<PhaseState['state'], { unicode: string; ascii: string; tone: Tone }>;

/** Where phases are shown. */
interface PhasePlace {
  readonly terminal: Terminal;
  readonly width: number;
  /** How long the job may run; null or not given: nobody knows. */
  readonly limitMs?: number | null;
}

/**
 * `Accept 0.1s ✓ │ Inputs 2.1s ✓ │ Submit 1.2s ✓ │ Queue 9.0s ✓ │ Run ███░░░░░░░░░ 15m 00s/1h 00m │ Archive`, without
 * the bar and then without durations where there is no room.
 */
export function renderPhaseLine(
  states: readonly PhaseState[],
  { terminal, width, limitMs = null }: PhasePlace,
): string {
  const separator = terminal.unicode ? ' │ ' : ' | ';
  const long = states.map((state) => renderPhase(state, terminal, true));
  const short = states.map((state) => renderPhase(state, terminal, state.state === 'current'));
  const barred = states.map((state, index) => renderRun(state, terminal, limitMs) ?? long[index] ?? '');
  const fits = (texts: readonly string[]) => textWidth(texts.join(separator)) <= width;
  return ([barred, long].find(fits) ?? short)
    .map((text, index) => paint(terminal, MARKS[states[index]?.state ?? 'ahead'].tone, text))
    .join(separator);
}

function renderPhase({ phase, state, ms }: PhaseState, terminal: Terminal, withDuration: boolean): string {
  const mark = MARKS[state][terminal.unicode ? 'unicode' : 'ascii'];
  const duration = withDuration && ms !== null ? renderDuration(ms) : '';
  return [phase, duration, mark].filter((part) => part !== '').join(' ');
}

const BAR_WIDTH = 12;

/** `Run ████████░░░░ 12m 04s/1h 00m`: how much of its time a job has used; null for every other phase. */
function renderRun(
  { phase, state, ms }: PhaseState,
  { unicode }: Terminal,
  limitMs: number | null,
): string | null {
  if (phase !== 'Run' || state !== 'current' || ms === null || limitMs === null || limitMs <= 0) return null;
  const filled = Math.round(Math.min(1, ms / limitMs) * BAR_WIDTH);
  const [full, empty] = unicode ? ['█', '░'] : ['#', '.'];
  const bar = `${full.repeat(filled)}${empty.repeat(BAR_WIDTH - filled)}`;
  return `${phase} ${bar} ${renderDuration(ms)}/${renderDuration(limitMs)}`;
}
