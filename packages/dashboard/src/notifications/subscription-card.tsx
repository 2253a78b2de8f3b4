import { policyText } from '@arras/contract';
import { useSignal } from '@preact/signals';
import { call } from '../api/call.ts';
import { tryCall } from '../api/try-call.ts';
import { Dialog } from '../ui/dialog.tsx';
import { say } from '../ui/toasts.tsx';
import { AttemptDetail } from './attempt-detail.tsx';
import { groupDeliveries, looseAttempts } from './delivery-groups.ts';
import { DeliveryRow } from './delivery-row.tsx';
import type { SubscriptionState } from './read-subscriptions.ts';
import { ReplayDialog } from './replay-dialog.tsx';
import { Sparkline } from './sparkline.tsx';

/** What {@link SubscriptionCard} shows. */
export interface SubscriptionCardProps {
  readonly state: SubscriptionState;
  readonly onChanged: () => void;
}

/** One subscription: where it goes, what became of each event, and what can be done about it. */
export function SubscriptionCard({ state, onChanged }: SubscriptionCardProps) {
  const { subscription, deliveries, attempts } = state;
  const { id, url, event, status, persistent, policy, signed } = subscription;
  const groups = groupDeliveries(deliveries, attempts);
  const others = looseAttempts(groups, attempts);
  const parked = groups.filter(({ delivery }) => delivery.state === 'parked').length;
  return (
    <section class="subscription-card" aria-label={`Subscription to ${event}, ${url}`}>
      <header class="subscription-card-head">
        <h3>
          <bdi>{event === '*' ? 'every event' : event}</bdi> → <bdi>{url}</bdi>
        </h3>
        <span class={`subscription-card-status subscription-card-${status.toLowerCase()}`}>{status}</span>
      </header>
      <p class="subscription-card-facts">
        {persistent ? 'every time' : 'once'} · {policyText(policy)} · {signed ? 'signed' : 'not signed'} ·{' '}
        <a href={`/ui/deliveries/${id}`}>
          <code>{id}</code>
        </a>
      </p>
      <Sparkline attempts={attempts.slice(0, LAST)} />
      <Buttons state={state} parked={parked} onChanged={onChanged} />
      {groups.length === 0 && <p class="subscription-card-facts">No event has matched yet.</p>}
      {groups.map((group) => (
        <DeliveryRow key={group.eventId} group={group} subscription={subscription} onChanged={onChanged} />
      ))}
      {others.length > 0 && (
        <details class="delivery">
          <summary>Tests and messages sent on demand: {others.length}</summary>
          <ul class="attempts">
            {others.map((attempt) => (
              <AttemptDetail key={attempt.id} attempt={attempt} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** Attempts that the line of successes tells of. */
const LAST = 60;

interface ButtonsProps {
  readonly state: SubscriptionState;
  readonly parked: number;
  readonly onChanged: () => void;
}

function Buttons({ state, parked, onChanged }: ButtonsProps) {
  const { id } = state.subscription;
  const isAsking = useSignal(false);
  const isChoosing = useSignal(false);
  const isBusy = useSignal(false);
  const params = { id };
  const run = async (work: () => Promise<string>) => {
    isBusy.value = true;
    const done = await tryCall(work);
    isBusy.value = false;
    if (done !== null) say(done);
    onChanged();
  };
  const test = () =>
    run(async () => {
      const { outcome, response } = await call('testNotification', { params, body: {} });
      return `Test: ${outcome}${response.code === 0 ? '' : ` (${response.code})`}. ${response.message}`.slice(
        0,
        300,
      );
    });
  const replay = () =>
    run(async () => {
      isAsking.value = false;
      const { count } = await call('replayNotification', { params, body: { status: 'parked' } });
      return `${count} put in line again, with their old ids.`;
    });
  return (
    <div class="subscription-card-buttons">
      <button type="button" class="button" disabled={isBusy.value} onClick={() => void test()}>
        Send a test
      </button>
      {parked > 0 && (
        <button type="button" class="button" disabled={isBusy.value} onClick={() => (isAsking.value = true)}>
          Replay all that failed ({parked})
        </button>
      )}
      {state.deliveries.length > 0 && (
        <button type="button" class="button" onClick={() => (isChoosing.value = true)}>
          Replay several…
        </button>
      )}
      {isChoosing.value && (
        <ReplayDialog state={state} onClose={() => (isChoosing.value = false)} onReplayed={onChanged} />
      )}
      {isAsking.value && (
        <Dialog title="Replay all that failed?" onClose={() => (isAsking.value = false)}>
          <p>
            {parked === 1 ? 'One event is' : `${parked} events are`} sent again with the same ids, behind
            whatever waits, to where the subscription points now.
          </p>
          <p class="dialog-buttons">
            <button type="button" class="button button-primary" onClick={() => void replay()}>
              Replay {parked}
            </button>
            <button type="button" class="button" onClick={() => (isAsking.value = false)}>
              Leave it
            </button>
          </p>
        </Dialog>
      )}
    </div>
  );
}
