import { useEffect } from 'preact/hooks';
import { useNews } from '../../live/use-news.ts';
import { nextLookMs } from '../../notifications/delivery-groups.ts';
import { readSubscription } from '../../notifications/read-subscriptions.ts';
import { SubscriptionCard } from '../../notifications/subscription-card.tsx';
import type { PageProps } from '../../routing/pages.ts';
import { useCall } from '../../store/use-call.ts';
import { serverNowMs } from '../../ui/clock.ts';
import { FailureBox } from '../../ui/failure-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ManageBar } from './manage-bar.tsx';
import '../../notifications/notifications.css';
import './deliveries.css';

/** One subscription: what became of every event, each attempt, and what can be done. */
export function Page({ params }: PageProps) {
  const id = params.id ?? '';
  const { state, refresh } = useCall((signal) => readSubscription(id, signal), [id]);
  const { value, failure } = state;
  usePageTitle(value === null ? 'Deliveries' : `${value.subscription.event} → ${value.subscription.url}`);
  useNews(refresh);
  useEffect(() => {
    const waitMs = nextLookMs(value?.deliveries ?? [], serverNowMs());
    if (waitMs === null) return;
    const timer = setTimeout(refresh, waitMs);
    return () => clearTimeout(timer);
  }, [value, failure]);
  return (
    <>
      <p class="deliveries-back">
        <a href="/ui/deliveries">Deliveries</a>
      </p>
      <h1>Subscription</h1>
      {state.kind === 'loading' && <Loading what="Reading the subscription" />}
      {failure !== null && <FailureBox failure={failure} onRetry={refresh} />}
      {value !== null && (
        <>
          <ManageBar state={value} onChanged={refresh} />
          <h2>What became of its events</h2>
          <SubscriptionCard state={value} onChanged={refresh} />
        </>
      )}
    </>
  );
}
