import { nowMs } from '../ui/clock.ts';
import { formatDuration } from '../ui/quantities.ts';
import { attemptLineOf, gapWidth } from './attempt-line.ts';
import type { DeliveryGroup } from './delivery-groups.ts';

/** The attempts of a delivery as a line of time: what each met, how long after the one before, and when the next is. */
export function AttemptTimeline({ group }: { readonly group: DeliveryGroup }) {
  const { attempts, delivery } = group;
  const { marks, folded } = attemptLineOf(attempts);
  const next = delivery.state === 'pending' ? delivery.nextAt : null;
  if (marks.length === 0) return null;
  const inSeconds = next === null ? 0 : Math.max(0, (Date.parse(next) - nowMs.value) / 1_000);
  return (
    <ol class="attempt-line" aria-label="Attempts in time">
      {folded > 0 && <li class="attempt-line-folded">{folded} before</li>}
      {marks.map(({ attempt, gapSeconds }) => {
        const { id, number, outcome, errorClass, response } = attempt;
        const isWell = outcome === 'delivered';
        const words = response.code === 0 ? (errorClass ?? outcome) : String(response.code);
        return (
          <li key={id}>
            {gapSeconds !== null && (
              <span class={`attempt-gap attempt-gap-${gapWidth(gapSeconds)}`}>
                {formatDuration(gapSeconds)}
                <span class="visually-hidden"> later</span>
              </span>
            )}
            <a href={`#attempt-${id}`} class={isWell ? 'attempt-ok' : 'attempt-fail'}>
              <span aria-hidden="true">{isWell ? '●' : '✗'}</span>
              <span class="visually-hidden">
                attempt {number} {outcome}
              </span>{' '}
              {words}
            </a>
          </li>
        );
      })}
      {next !== null && (
        <li>
          <span class={`attempt-gap attempt-gap-next attempt-gap-${gapWidth(inSeconds)}`}>
            {inSeconds < 1 ? 'now' : `in ${formatDuration(inSeconds)}`}
          </span>
          <span class="attempt-line-next">
            <span aria-hidden="true">○</span> next
          </span>
        </li>
      )}
    </ol>
  );
}
