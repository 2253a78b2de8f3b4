import { type ConnectionTrouble, explainFailure, failedStage } from '../net/connection-failure.ts';
import type { AttemptResult } from './channel.ts';
import type { Exchange } from './exchange.ts';

/** The answer was not whole in time. */
export class AnswerTimeout extends Error {
  override readonly name = 'AnswerTimeout';
  constructor(limitMs: number) {
    super(`no whole answer within ${limitMs / 1_000} s`);
  }
}

/** The codes that stand for failures without an answer (spec: notifications 8). */
const OTHER = 500;
const CODES = {
  blocked: 0,
  'no-connection': 408,
  certificate: 404,
  'no-tls': 404,
  'cut-off': OTHER,
} as const satisfies Record<ConnectionTrouble, number>;

/** Turns whatever stopped a call into a result, and notes what kind of thing it was. */
export function describeUnreachable(error: unknown, exchange: Exchange): AttemptResult {
  exchange.error = error instanceof AnswerTimeout ? 'timeout' : failedStage(error);
  if (error instanceof AnswerTimeout) return { outcome: 'unreachable', code: OTHER, message: error.message };
  const { trouble, sentence } = explainFailure(error);
  const outcome = trouble === 'blocked' ? 'blocked' : 'unreachable';
  return { outcome, code: CODES[trouble], message: sentence };
}
