import { useSignal } from '@preact/signals';
import { useEvery } from '../../live/use-every.ts';
import { summaryText } from '../../notifications/delivery-summary.ts';
import { Sparkline } from '../../notifications/sparkline.tsx';
import { SubscribeForm } from '../../notifications/subscribe-form.tsx';
import { query, setQuery } from '../../routing/place.ts';
import { useCall } from '../../store/use-call.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureBox } from '../../ui/failure-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { ROWS, readRows, type SubscriptionRow } from './read-rows.ts';
import '../../notifications/notifications.css';
import './deliveries.css';

/** Deliveries are in no stream: they are looked at this often while they are seen, in milliseconds. */
const EVERY_MS = 10_000;

const TABS = [
  { id: 'active', label: 'Active' },
  { id: 'failed', label: 'Failed' },
  { id: 'complete', label: 'Complete' },
  { id: 'inactive', label: 'Inactive' },
] as const;

/** The subscriptions, by status, and what became of their last events. */
export function Page() {
  const isAdding = useSignal(false);
  const wanted = query.value.get('status');
  const status = TABS.find(({ id }) => id === wanted)?.id ?? 'active';
  const offset = Math.max(0, Math.trunc(Number(query.value.get('offset')) || 0));
  const { state, refresh } = useCall((signal) => readRows({ status, offset }, signal), [status, offset]);
  useEvery(EVERY_MS, refresh);
  const add = () => (isAdding.value = true);
  return (
    <>
      <header class="deliveries-head">
        <h1>Deliveries</h1>
        <button type="button" class="button" onClick={add}>
          Subscribe
        </button>
      </header>
      {isAdding.value && (
        <SubscribeForm jobId={null} onClose={() => (isAdding.value = false)} onSubscribed={refresh} />
      )}
      <Tabs
        tabs={TABS}
        current={status}
        onChange={(id) => setQuery({ status: id === 'active' ? null : id, offset: null })}
        label="Subscriptions by status"
      />
      <TabPanel key={status} id={status}>
        {state.kind === 'loading' && <Loading what="Reading the subscriptions" />}
        {state.failure !== null && <FailureBox failure={state.failure} onRetry={refresh} />}
        {state.value !== null && <Rows rows={state.value} status={status} offset={offset} />}
      </TabPanel>
    </>
  );
}

interface RowsProps {
  readonly rows: readonly SubscriptionRow[];
  readonly status: string;
  readonly offset: number;
}

function Rows({ rows, status, offset }: RowsProps) {
  const go = (to: number) => setQuery({ offset: to === 0 ? null : String(to) });
  return (
    <>
      {rows.length === 0 && offset === 0 && <NoRows status={status} />}
      <ul class="deliveries-rows" aria-label="Subscriptions">
        {rows.map((row) => (
          <Row key={row.subscription.id} row={row} />
        ))}
      </ul>
      <p class="deliveries-pages">
        {offset > 0 && (
          <button type="button" class="button" onClick={() => go(Math.max(0, offset - ROWS))}>
            Newer
          </button>
        )}
        {rows.length === ROWS && (
          <button type="button" class="button" onClick={() => go(offset + ROWS)}>
            Older
          </button>
        )}
      </p>
    </>
  );
}

function NoRows({ status }: { readonly status: string }) {
  if (status !== 'active') return <EmptyState title={`No subscription is ${status}.`} />;
  return (
    <EmptyState
      title="Nobody is told about anything now."
      command="arras notifications create associatedUuid=JOB_ID url=https://example.org/hook event=FINISHED"
    />
  );
}

function Row({ row: { subscription, deliveries, attempts } }: { readonly row: SubscriptionRow }) {
  const { id, url, event, associatedUuid, persistent, created } = subscription;
  const isParked = deliveries.some(({ state }) => state === 'parked');
  return (
    <li class="deliveries-row">
      <a class="deliveries-target" href={`/ui/deliveries/${id}`}>
        <bdi>{event === '*' ? 'every event' : event}</bdi> → <bdi>{url}</bdi>
      </a>
      <Sparkline attempts={attempts} />
      <span class={isParked ? 'deliveries-parked' : ''}>
        {isParked && <span aria-hidden="true">✗ </span>}
        {summaryText(deliveries)}
      </span>
      <small>
        {persistent ? 'every time' : 'once'} · of <Resource uuid={associatedUuid} /> · made{' '}
        <RelativeTime at={created} />
      </small>
    </li>
  );
}

/** What is subscribed to; a job has a page. */
function Resource({ uuid }: { readonly uuid: string }) {
  if (uuid === '*') return <>everything</>;
  const code = <code>{uuid}</code>;
  return uuid.endsWith('-007') ? <a href={`/ui/jobs/${uuid}?tab=notifications`}>{code}</a> : code;
}
