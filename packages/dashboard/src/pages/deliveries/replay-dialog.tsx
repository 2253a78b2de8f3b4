import { useSignal } from '@preact/signals';
import { call } from '../../api/call.ts';
import { tryCall } from '../../api/try-call.ts';
import type { SubscriptionState } from '../../notifications/read-subscriptions.ts';
import { serverNowMs } from '../../ui/clock.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { say } from '../../ui/toasts.tsx';
import { chooseDeliveries } from './delivery-summary.ts';

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
] as const;

/** Chooses among the past events those that are sent again, and says how many before it does. */
export function ReplayDialog({ state, onClose, onReplayed }: ReplayDialogProps) {
  const span = useSignal(0);
  const isAll = useSignal(false);
  const left = useSignal<ReadonlySet<string>>(new Set());
  const choice = { withinMs: SPANS[span.value]?.withinMs ?? null, isAll: isAll.value };
  const found = chooseDeliveries(state.deliveries, choice, serverNowMs());
  const chosen = found.filter(({ eventId }) => !left.value.has(eventId));
  const toggle = (eventId: string) => {
    const next = new Set(left.value);
    if (!next.delete(eventId)) next.add(eventId);
    left.value = next;
  };
  const replay = async () => {
    const body = { deliveries: chosen.map(({ eventId }) => eventId) };
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
        <label>
          <input
            type="checkbox"
            checked={isAll.value}
            onChange={({ currentTarget }) => (isAll.value = currentTarget.checked)}
          />{' '}
          Also what arrived
        </label>
      </div>
      {found.length === 0 && <p>There is none: nothing was given up then.</p>}
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
      <p>They are sent with the same ids, behind whatever waits, to where the subscription points now.</p>
      <p class="dialog-buttons">
        <button
          type="button"
          class="button button-primary"
          disabled={chosen.length === 0}
          onClick={() => void replay()}
        >
          Replay {chosen.length}
        </button>
        <button type="button" class="button" onClick={onClose}>
          Leave it
        </button>
      </p>
    </Dialog>
  );
}
