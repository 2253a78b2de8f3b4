import {
  DELIVERY_CLASSES,
  type DeliveryView,
  deliveryStateText,
  type NotificationView,
} from '@arras/contract';
import { useSignal } from '@preact/signals';
import { call } from '../api/call.ts';
import { tryCall } from '../api/try-call.ts';
import { fragment } from '../routing/place.ts';
import { nowMs } from '../ui/clock.ts';
import { formatDuration } from '../ui/quantities.ts';
import { RelativeTime } from '../ui/relative-time.tsx';
import { say } from '../ui/toasts.tsx';
import { AttemptDetail } from './attempt-detail.tsx';
import { AttemptTimeline } from './attempt-timeline.tsx';
import type { DeliveryGroup } from './delivery-groups.ts';
import { MessagePreview } from './message-preview.tsx';

/** What {@link DeliveryRow} shows. */
export interface DeliveryRowProps {
  readonly group: DeliveryGroup;
  readonly subscription: Pick<NotificationView, 'id' | 'url' | 'policy'>;
  readonly onChanged: () => void;
}

const SYMBOLS = {
  delivered: '✓',
  pending: '◷',
  parked: '✗',
  cancelled: '⊘',
} as const satisfies Record<DeliveryView['state'], string>;

/** One event and what became of it; opened, every attempt with what was answered. */
export function DeliveryRow({ group, subscription, onChanged }: DeliveryRowProps) {
  const { delivery, attempts, event, created, replays, eventId } = group;
  const isNamed = attempts.some(({ id }) => fragment.value === `#attempt-${id}`);
  const state = deliveryStateText(delivery, {
    policy: subscription.policy,
    nowMs: nowMs.value,
    renderDuration: (ms) => formatDuration(ms / 1_000),
  });
  return (
    <details class="delivery" open={isNamed || delivery.state === 'parked'}>
      <summary>
        <span class={`delivery-state delivery-state-${DELIVERY_CLASSES[delivery.state]}`}>
          <span aria-hidden="true">{SYMBOLS[delivery.state]}</span> {state}
        </span>
        <bdi class="delivery-event">{event}</bdi>
        <RelativeTime at={created} />
        {replays > 0 && <span>replayed{replays > 1 ? ` ${replays} times` : ''}</span>}
        <AttemptDots group={group} />
      </summary>
      <div class="delivery-body">
        {group.description !== null && <p>{group.description}</p>}
        <p class="delivery-ids">
          event <code>{eventId}</code>
        </p>
        {delivery.state !== 'pending' && (
          <ReplayButton id={subscription.id} eventId={eventId} event={event} onChanged={onChanged} />
        )}
        <AttemptTimeline group={group} />
        {attempts.length === 0 ? (
          <p>No attempt yet.</p>
        ) : (
          <ul class="attempts">
            {attempts.map((attempt) => (
              <AttemptDetail key={attempt.id} attempt={attempt} />
            ))}
          </ul>
        )}
        {isOfJob(delivery) && (
          <MessagePreview jobId={delivery.associatedUuid} url={subscription.url} event={event} />
        )}
      </div>
    </details>
  );
}

/** Messages are shown as jobs make them; events of other things have no preview. */
function isOfJob({ associatedUuid }: Pick<DeliveryView, 'associatedUuid'>): boolean {
  return associatedUuid.endsWith('-007');
}

/** The attempts at a glance: a dot for each that arrived, a cross for each that did not. */
function AttemptDots({ group: { attempts } }: { readonly group: DeliveryGroup }) {
  if (attempts.length === 0) return null;
  const failed = attempts.filter(({ outcome }) => outcome !== 'delivered').length;
  return (
    <span class="delivery-dots">
      <span aria-hidden="true">
        {attempts.slice(-12).map(({ outcome }) => (outcome === 'delivered' ? '●' : '✗'))}
      </span>
      <span class="visually-hidden">
        {attempts.length} attempts, {failed} failed
      </span>
    </span>
  );
}

interface ReplayButtonProps {
  readonly id: string;
  readonly eventId: string;
  readonly event: string;
  readonly onChanged: () => void;
}

function ReplayButton({ id, eventId, event, onChanged }: ReplayButtonProps) {
  const isBusy = useSignal(false);
  const replay = async () => {
    isBusy.value = true;
    const body = { deliveries: [eventId] };
    const result = await tryCall(() => call('replayNotification', { params: { id }, body }));
    isBusy.value = false;
    if (result === null) return;
    say(
      result.count === 0 ? 'Nothing was left to send again.' : `${event} is in line again, with its old id.`,
    );
    onChanged();
  };
  return (
    <button type="button" class="button" disabled={isBusy.value} onClick={() => void replay()}>
      Replay <span class="visually-hidden">{event}</span>
    </button>
  );
}
