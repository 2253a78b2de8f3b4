import { successOf } from './delivery-summary.ts';
import type { AttemptRow } from './read-attempts.ts';

const WIDTH = 4;
const HEIGHT = 16;

/** The last attempts as bars, oldest first: a high one arrived, a low one did not. */
export function Sparkline({
  attempts,
}: {
  readonly attempts: readonly Pick<AttemptRow, 'id' | 'outcome'>[];
}) {
  if (attempts.length === 0) return <span class="sparkline-none">no attempt yet</span>;
  return (
    <span class="sparkline">
      <svg width={attempts.length * WIDTH} height={HEIGHT} role="img" aria-label={successOf(attempts)}>
        {attempts.toReversed().map(({ id, outcome }, index) => {
          const height = outcome === 'delivered' ? HEIGHT : HEIGHT / 3;
          return (
            <rect
              key={id}
              class={outcome === 'delivered' ? 'sparkline-ok' : 'sparkline-fail'}
              x={index * WIDTH}
              y={HEIGHT - height}
              width={WIDTH - 1}
              height={height}
            />
          );
        })}
      </svg>
      <small>{successOf(attempts)}</small>
    </span>
  );
}
