import type { SystemCheck } from '@arras/contract';
import { cleanText } from './clean-text.ts';
import { paint, type Terminal } from './terminal.ts';

/** One step of a check: how it went, how long it took, and what helps where it failed. */
export interface CheckStep extends Pick<SystemCheck, 'result' | 'milliseconds' | 'message'> {
  readonly step: string;
  readonly fix?: string | undefined;
}

const MARKS = {
  ok: { symbol: '✓', ascii: '+', tone: 'ok' },
  failed: { symbol: '✗', ascii: 'x', tone: 'fail' },
  skipped: { symbol: '-', ascii: '-', tone: 'idle' },
} as const;

/** `✓ TCP   12 ms  connected`, and below a failed one its fix. */
export function renderCheckStep(
  { step, result, milliseconds, message, fix }: CheckStep,
  terminal: Terminal,
): string {
  const mark = MARKS[result];
  const time = result === 'skipped' ? '' : `${Math.round(milliseconds)} ms`;
  const head = paint(
    terminal,
    mark.tone,
    `${terminal.unicode ? mark.symbol : mark.ascii} ${step.padEnd(13)}`,
  );
  const line = `${head}${time.padStart(8)}  ${cleanText(message)}\n`;
  return fix === undefined ? line : `${line}${' '.repeat(25)}${cleanText(fix)}\n`;
}
