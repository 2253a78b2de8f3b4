import { useSignal } from '@preact/signals';
import { fragment } from '../routing/place.ts';
import { formatMoment } from '../ui/format-moment.ts';
import { AttemptExchange } from './attempt-exchange.tsx';
import { attemptMs, troubleOf } from './delivery-groups.ts';
import type { AttemptRow } from './read-attempts.ts';

/** One attempt: when, where to, how long, what was answered, and what kind of trouble it met; opened, all of both. */
export function AttemptDetail({ attempt }: { readonly attempt: AttemptRow }) {
  const { id, number, cause, outcome, errorClass, startTime, response } = attempt;
  const trouble = troubleOf(attempt);
  const isNamed = fragment.value === `#attempt-${id}`;
  const isOpened = useSignal<boolean | null>(null);
  const isOpen = isOpened.value ?? isNamed;
  return (
    <li id={`attempt-${id}`} class={isNamed ? 'attempt attempt-named' : 'attempt'}>
      <p class="attempt-head">
        <span class={outcome === 'delivered' ? 'attempt-ok' : 'attempt-fail'}>
          <span aria-hidden="true">{outcome === 'delivered' ? '✓' : '✗'}</span> {outcome}
          {response.code !== 0 && ` ${response.code}`}
        </span>
        <a href={`#attempt-${id}`} title="Address of this attempt">
          attempt {number}
        </a>
        {cause !== 'scheduled' && <span>{cause}</span>}
        {errorClass !== null && <code>{errorClass}</code>}
        <time dateTime={startTime}>{formatMoment(startTime)}</time>
        <span>{attemptMs(attempt)} ms</span>
      </p>
      {trouble !== null && <p class="attempt-trouble">{trouble}</p>}
      {!isOpen && response.message !== '' && (
        <p class="attempt-message">
          <bdi>{response.message}</bdi>
        </p>
      )}
      <details open={isOpen} onToggle={({ currentTarget }) => (isOpened.value = currentTarget.open)}>
        <summary>
          Request and response <span class="visually-hidden">of attempt {number}</span>
        </summary>
        {isOpen && <AttemptExchange attempt={attempt} />}
      </details>
    </li>
  );
}
