import { type HistoryEntry, type JobView, STATUS_LOOKS } from '@arras/contract';
import { useShortcuts } from '../../keyboard/shortcuts.ts';
import type { PageProps } from '../../routing/pages.ts';
import { query } from '../../routing/place.ts';
import { serverNowMs } from '../../ui/clock.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureBox } from '../../ui/failure-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { ErrorCard } from './error/error-card.tsx';
import { JobHeader } from './header/job-header.tsx';
import { JOB_TABS, type JobTab, parseTab } from './job-tabs.ts';
import { tabTitle } from './job-words.ts';
import { JsonTab } from './json/json-tab.tsx';
import { LogsTab } from './logs/logs-tab.tsx';
import { showNeighbour } from './neighbours.ts';
import { NotificationsTab } from './notifications/notifications-tab.tsx';
import { useSubscriptions } from './notifications/use-subscriptions.ts';
import { OutputsTab } from './outputs/outputs-tab.tsx';
import { PermissionsTab } from './permissions/permissions-tab.tsx';
import { PhaseGantt } from './phases/phase-gantt.tsx';
import { EndReport } from './report/end-report.tsx';
import { showTab } from './show-tab.ts';
import { TimelineTab } from './timeline/timeline-tab.tsx';
import { TransfersTab } from './transfers/transfers-tab.tsx';
import { useHistory } from './use-history.ts';
import { useJob } from './use-job.ts';
import { WaitingCard } from './waiting/waiting-card.tsx';
import './job-page.css';

/** The page of one job. */
export function Page({ params }: PageProps) {
  const id = params.id ?? '';
  const { job, isLoading, failure, refresh } = useJob(id);
  if (job !== null) return <KnownJob key={id} job={job} />;
  if (isLoading) return <Loading what="Reading the job" />;
  if (failure !== null) return <FailureBox failure={failure} onRetry={refresh} />;
  return (
    <EmptyState
      title="This job is not there any more, or not shared with you any more."
      command="arras jobs list"
    />
  );
}

function KnownJob({ job }: { readonly job: JobView }) {
  const { id, status } = job;
  const { state: history, refresh } = useHistory(id);
  usePageTitle(tabTitle(job, serverNowMs()), status);
  return (
    <article class="job-page">
      <PageKeys job={job} />
      <JobHeader job={job} />
      {STATUS_LOOKS[status].class === 'fail' && <ErrorCard job={job} />}
      {job.waiting !== null && (
        <WaitingCard waiting={job.waiting} scheduler={job.schedulerType} since={job.submitTime} />
      )}
      {history.value !== null && <PhaseGantt history={history.value} status={status} />}
      {history.failure !== null && <FailureBox failure={history.failure} onRetry={refresh} />}
      {job.report !== null && <EndReport report={job.report} />}
      <JobTabs job={job} history={history.value ?? []} />
    </article>
  );
}

/** A component of its own and the first one, so that a tab which wants a key for itself comes later and gets it. */
function PageKeys({ job }: { readonly job: JobView }) {
  const tabs = JOB_TABS.flatMap(({ id, label, keys }) =>
    keys.map((key) => [key, { label: `Show ${label}`, run: () => showTab(id) }] as const),
  );
  useShortcuts({
    ...Object.fromEntries(tabs),
    '[': { label: 'The job submitted before', run: () => void showNeighbour(job, 'before') },
    ']': { label: 'The job submitted after', run: () => void showNeighbour(job, 'after') },
  });
  return null;
}

interface JobTabsProps {
  readonly job: JobView;
  readonly history: readonly HistoryEntry[];
}

function JobTabs({ job, history }: JobTabsProps) {
  const tab = parseTab(query.value.get('tab'));
  return (
    <div class="job-page-tabs">
      <Tabs tabs={JOB_TABS} current={tab} onChange={showTab} label="Parts of the job" />
      <TabPanel key={tab} id={tab}>
        <TabContent tab={tab} job={job} history={history} />
      </TabPanel>
    </div>
  );
}

function TabContent({ tab, job, history }: JobTabsProps & { readonly tab: JobTab }) {
  switch (tab) {
    case 'timeline':
      return <TimelineWithMessages job={job} history={history} />;
    case 'logs':
      return <LogsTab job={job} />;
    case 'outputs':
      return <OutputsTab job={job} />;
    case 'transfers':
      return <TransfersTab job={job} history={history} />;
    case 'notifications':
      return <Messages job={job} />;
    case 'permissions':
      return <PermissionsTab job={job} />;
    case 'json':
      return <JsonTab job={job} />;
  }
}

/** Without the messages there is still the history. */
function TimelineWithMessages({ job, history }: JobTabsProps) {
  const { state, refresh } = useSubscriptions(job.id);
  const attempts = (state.value ?? []).flatMap((each) => each.attempts);
  return (
    <>
      {state.failure !== null && <FailureBox failure={state.failure} onRetry={refresh} />}
      <TimelineTab job={job} history={history} attempts={attempts} />
    </>
  );
}

function Messages({ job }: { readonly job: JobView }) {
  const { state, refresh } = useSubscriptions(job.id);
  if (state.kind === 'loading') return <Loading what="Reading the notifications" />;
  return (
    <>
      {state.failure !== null && <FailureBox failure={state.failure} onRetry={refresh} />}
      {state.value !== null && <NotificationsTab job={job} subscriptions={state.value} onChanged={refresh} />}
    </>
  );
}
