import type { Waiting } from '@arras/contract';
import { nowMs } from '../../../ui/clock.ts';
import { formatClock } from '../../../ui/format-moment.ts';
import { formatDuration } from '../../../ui/quantities.ts';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import './waiting-card.css';

/** What {@link WaitingCard} shows. */
export interface WaitingCardProps {
  readonly waiting: Waiting;
  /** Who estimates. */
  readonly scheduler: string;
  /** Since when it waits; null when that is not known. */
  readonly since: string | null;
}

const CATEGORIES = {
  resources: 'waits for resources',
  priority: 'others come first',
  'limit-that-clears': 'a limit that will clear',
  'never-starts': 'can never start',
  held: 'held back',
  'node-trouble': 'trouble with nodes',
  unknown: 'reason not known',
} as const satisfies Record<Waiting['category'], string>;

/** Why a job waits, how long it may take, and how long others waited. */
export function WaitingCard({ waiting, scheduler, since }: WaitingCardProps) {
  const { sentence, action, category, canStart, reason, similar } = waiting;
  return (
    <section
      class={canStart ? 'waiting-card' : 'waiting-card waiting-card-never'}
      aria-label="Why the job waits"
    >
      <h2>
        <span aria-hidden="true">{canStart ? '◷' : '✗'}</span>{' '}
        {canStart ? 'Why it waits' : 'This job can never start'}
      </h2>
      <p class="waiting-card-sentence">
        {sentence} {action !== undefined && <strong>{action}</strong>}
      </p>
      <ul class="waiting-card-facts">
        <li>
          Kind: {CATEGORIES[category]}
          {reason !== null && (
            <>
              {' '}
              (<code>{reason}</code>)
            </>
          )}
        </li>
        {since !== null && (
          <li>
            Waiting since <RelativeTime at={since} />
          </li>
        )}
        {canStart && <Estimate scheduler={scheduler} at={waiting.estimatedStart} />}
        {similar !== undefined && (
          <li>
            {similar.count} similar jobs waited {formatDuration(similar.shortestSeconds)} to{' '}
            {formatDuration(similar.longestSeconds)} (median {formatDuration(similar.medianSeconds)})
          </li>
        )}
      </ul>
    </section>
  );
}

function Estimate({ scheduler, at }: { readonly scheduler: string; readonly at: string | undefined }) {
  if (at === undefined) return <li>No estimate of its start yet</li>;
  const leftSeconds = Math.max(0, (Date.parse(at) - nowMs.value) / 1_000);
  return (
    <li>
      {scheduler} estimates <time dateTime={at}>{formatClock(at)}</time> (in ~{formatDuration(leftSeconds)});
      it may move
    </li>
  );
}
