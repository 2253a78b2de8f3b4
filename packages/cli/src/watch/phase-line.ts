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

/** `Accept 0.1s ✓ │ Inputs 2.1s ✓ │ Submit ▶ │ Queue │ Run │ Archive`, without durations where there is no room. */
export function renderPhaseLine(
  states: readonly PhaseState[],
  { terminal, width }: { terminal: Terminal; width: number },
): string {
  const long = states.map((state) => renderPhase(state, terminal, true));
  const separator = terminal.unicode ? ' │ ' : ' | ';
  const chosen =
    textWidth(long.join(separator)) <= width
      ? long
      : states.map((state) => renderPhase(state, terminal, state.state === 'current'));
  return chosen
    .map((text, index) => paint(terminal, MARKS[states[index]?.state ?? 'ahead'].tone, text))
    .join(separator);
}

function renderPhase({ phase, state, ms }: PhaseState, terminal: Terminal, withDuration: boolean): string {
  const mark = MARKS[state][terminal.unicode ? 'unicode' : 'ascii'];
  const duration = withDuration && ms !== null ? renderDuration(ms) : '';
  return [phase, duration, mark].filter((part) => part !== '').join(' ');
}
