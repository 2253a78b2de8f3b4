import { FailureBox } from '../../../ui/failure-box.tsx';
import { Loading } from '../../../ui/loading.tsx';
import type { TabProps } from '../tab-content.tsx';
import { NotificationsTab } from './notifications-tab.tsx';
import { useSubscriptions } from './use-subscriptions.ts';

/** The notifications of a job once they are read; after an outage those of before. */
export function NotificationsPart({ job }: Pick<TabProps, 'job'>) {
  const { state, refresh } = useSubscriptions(job.id);
  if (state.kind === 'loading') return <Loading what="Reading the notifications" />;
  return (
    <>
      {state.failure !== null && <FailureBox failure={state.failure} onRetry={refresh} />}
      {state.value !== null && <NotificationsTab job={job} subscriptions={state.value} onChanged={refresh} />}
    </>
  );
}
