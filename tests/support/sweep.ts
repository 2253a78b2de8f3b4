import { randomInt } from 'node:crypto';
import type { TestContext } from 'node:test';

/** The variable that repeats the points of an earlier run: its number is printed with them. */
const SWEEP = 'ARRAS_TEST_SWEEP';

const turn = Number(process.env[SWEEP] ?? randomInt(1_000));

/**
 * Every `share`th point of a sweep, other ones from run to run, so that each has its turn; `shift` moves on from
 * those of another sweep of the same file. Says which they are.
 */
export function takeTurns<Point>(
  t: TestContext,
  points: readonly Point[],
  { share, shift = 0 }: { readonly share: number; readonly shift?: number },
): readonly Point[] {
  const taken = points.filter((_, index) => index % share === (turn + shift) % share);
  t.diagnostic(`${SWEEP}=${turn}: ${taken.length} of ${points.length} points`);
  return taken;
}
