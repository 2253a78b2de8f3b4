import type { JobView } from '@arras/contract';
import { useSignal } from '@preact/signals';
import type { SubscriptionState } from '../../../notifications/read-subscriptions.ts';
import { SubscribeForm } from '../../../notifications/subscribe-form.tsx';
import { SubscriptionCard } from '../../../notifications/subscription-card.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import '../../../notifications/notifications.css';

/** What {@link NotificationsTab} shows. */
export interface NotificationsTabProps {
  readonly job: Pick<JobView, 'id'>;
  readonly subscriptions: readonly SubscriptionState[];
  /** Something was sent or changed: it is worth looking again. */
  readonly onChanged: () => void;
}

/** Who is told about a job, what became of every message, and the means to send it again. */
export function NotificationsTab({ job, subscriptions, onChanged }: NotificationsTabProps) {
  const isAdding = useSignal(false);
  const add = () => (isAdding.value = true);
  return (
    <div class="notifications">
      {subscriptions.length === 0 ? (
        <EmptyState
          title="Nobody is told about this job yet."
          command={`arras notifications create associatedUuid=${job.id} url=https://example.org/hook event=FINISHED`}
        >
          <p>
            <button type="button" class="button button-primary" onClick={add}>
              Subscribe
            </button>
          </p>
        </EmptyState>
      ) : (
        <p>
          <button type="button" class="button" onClick={add}>
            Subscribe
          </button>
        </p>
      )}
      {isAdding.value && (
        <SubscribeForm jobId={job.id} onClose={() => (isAdding.value = false)} onSubscribed={onChanged} />
      )}
      {subscriptions.map((state) => (
        <SubscriptionCard key={state.subscription.id} state={state} onChanged={onChanged} />
      ))}
    </div>
  );
}
