import type { AttemptView } from '@arras/contract';
import { fragment } from '../routing/place.ts';
import { formatMoment } from '../ui/format-moment.ts';
import { attemptMs, troubleOf } from './delivery-groups.ts';

/** One attempt: when, where to, how long, what was answered, and what kind of trouble it met. */
export function AttemptDetail({ attempt }: { readonly attempt: AttemptView }) {
  const { id, number, cause, outcome, startTime, url, response } = attempt;
  const trouble = troubleOf(attempt);
  const isNamed = fragment.value === `#attempt-${id}`;
  const method = url.includes('://') ? 'POST' : 'mail to';
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
        <time dateTime={startTime}>{formatMoment(startTime)}</time>
        <span>{attemptMs(attempt)} ms</span>
      </p>
      {trouble !== null && <p class="attempt-trouble">{trouble}</p>}
      <dl class="attempt-exchange">
        <dt>Request</dt>
        <dd>
          <code>
            {method} <bdi>{url}</bdi>
          </code>
        </dd>
        <dt>Response</dt>
        <dd>
          {response.message === '' ? (
            <span class="attempt-empty">empty</span>
          ) : (
            <pre tabIndex={0} aria-label={`Response to attempt ${number}`}>
              {response.message}
            </pre>
          )}
        </dd>
      </dl>
    </li>
  );
}
