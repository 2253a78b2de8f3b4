import { useSignal } from '@preact/signals';
import { call } from '../api/call.ts';
import { tryCall } from '../api/try-call.ts';
import { serverNowMs } from '../ui/clock.ts';
import { Dialog } from '../ui/dialog.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { say } from '../ui/toasts.tsx';
import { chooseDeliveries } from './delivery-summary.ts';
import { PAGE, type SubscriptionState } from './read-subscriptions.ts';

/** What {@link ReplayDialog} offers. */
export interface ReplayDialogProps {
  readonly state: SubscriptionState;
  readonly onClose: () => void;
  readonly onReplayed: () => void;
}

const HOUR_MS = 3_600_000;

const SPANS = [
  { label: 'whenever', withinMs: null },
  { label: 'within the last hour', withinMs: HOUR_MS },
  { label: 'within the last day', withinMs: 24 * HOUR_MS },
  { label: 'within the last week', withinMs: 168 * HOUR_MS },
  { label: 'since…', withinMs: null },
] as const;

/** The last of the spans: a time that is given. */
const SINCE = SPANS.length - 1;

/** Chooses among the past events those that are sent again, and says how many before it does. */
export function ReplayDialog({ state, onClose, onReplayed }: ReplayDialogProps) {
  const span = useSignal(0);
  const isAll = useSignal(false);
  const left = useSignal<ReadonlySet<string>>(new Set());
  const since = useSignal('');
  const fromMs = readFrom(span.value, since.value);
  // Whoever is about to say since when does not mean everything.
  const isUnsaid = span.value === SINCE && fromMs === null;
  const found = isUnsaid ? [] : chooseDeliveries(state.deliveries, { fromMs, isAll: isAll.value });
  // The page shows the newest; whoever takes all of them means the older ones as well.
  const reachesBack = fromMs === null || Date.parse(state.deliveries.at(-1)?.created ?? '') >= fromMs;
  const hasOlder = !isUnsaid && reachesBack && state.deliveries.length === PAGE && left.value.size === 0;
  const chosen = found.filter(({ eventId }) => !left.value.has(eventId));
  const toggle = (eventId: string) => {
    const next = new Set(left.value);
    if (!next.delete(eventId)) next.add(eventId);
    left.value = next;
  };
  const replay = async () => {
    const body = hasOlder
      ? {
          status: isAll.value ? ('all' as const) : ('parked' as const),
          ...(fromMs !== null && { from: new Date(fromMs).toISOString() }),
        }
      : { deliveries: chosen.map(({ eventId }) => eventId) };
    const params = { id: state.subscription.id };
    const result = await tryCall(() => call('replayNotification', { params, body }));
    onClose();
    if (result !== null) say(`${result.count} put in line again, with their old ids.`);
    onReplayed();
  };
  return (
    <Dialog title="Replay several" onClose={onClose}>
      <div class="replay-choice">
        <label>
          Events that happened
          <select
            value={span.value}
            onChange={({ currentTarget }) => (span.value = currentTarget.selectedIndex)}
          >
            {SPANS.map(({ label }, index) => (
              <option key={label} value={index}>
                {label}
              </option>
            ))}
          </select>
        </label>
        {span.value === SINCE && (
          <label>
            Since
            <input
              type="datetime-local"
              value={since.value}
              onInput={({ currentTarget }) => (since.value = currentTarget.value)}
            />
          </label>
        )}
        <label>
          <input
            type="checkbox"
            checked={isAll.value}
            onChange={({ currentTarget }) => (isAll.value = currentTarget.checked)}
          />{' '}
          Also what arrived
        </label>
      </div>
      {isUnsaid && <p>Say since when.</p>}
      {!isUnsaid && found.length === 0 && (
        <p>There is none: nothing {isAll.value ? 'is settled' : 'was given up'} then.</p>
      )}
      <ul class="replay-list">
        {found.map(({ eventId, event, state, created }) => (
          <li key={eventId}>
            <label>
              <input type="checkbox" checked={!left.value.has(eventId)} onChange={() => toggle(eventId)} />{' '}
              <bdi>{event}</bdi> {state}, <RelativeTime at={created} />
            </label>
          </li>
        ))}
      </ul>
      {hasOlder && <p>Only the newest are listed here; older ones that fit are sent as well.</p>}
      <p>They are sent with the same ids, behind whatever waits, to where the subscription points now.</p>
      <p class="dialog-buttons">
        <button
          type="button"
          class="button button-primary"
          disabled={chosen.length === 0 && !hasOlder}
          onClick={() => void replay()}
        >
          {hasOlder ? 'Replay all' : `Replay ${chosen.length}`}
        </button>
        <button type="button" class="button" onClick={onClose}>
          Leave it
        </button>
      </p>
    </Dialog>
  );
}

/** From when on events count; null: whenever. A time is the reader's, as the field shows it. */
function readFrom(span: number, since: string): number | null {
  const withinMs = SPANS[span]?.withinMs ?? null;
  if (withinMs !== null) return serverNowMs() - withinMs;
  const givenMs = span === SINCE ? Date.parse(since) : Number.NaN;
  return Number.isNaN(givenMs) ? null : givenMs;
}
