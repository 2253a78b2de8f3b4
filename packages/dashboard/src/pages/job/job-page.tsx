import { type JobView, STATUS_LOOKS } from '@arras/contract';
import { useEffect, useRef } from 'preact/hooks';
import { useShortcuts } from '../../keyboard/shortcuts.ts';
import type { PageProps } from '../../routing/pages.ts';
import { query } from '../../routing/place.ts';
import { announce } from '../../ui/announcer.tsx';
import { nowMs } from '../../ui/clock.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureBox } from '../../ui/failure-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { ErrorCard } from './error/error-card.tsx';
import { JobHeader } from './header/job-header.tsx';
import { JOB_TABS, parseTab } from './job-tabs.ts';
import { tabTitle } from './job-words.ts';
import { showNeighbour } from './neighbours.ts';
import { PhaseGantt } from './phases/phase-gantt.tsx';
import { EndReport } from './report/end-report.tsx';
import { showTab } from './show-tab.ts';
import { TabContent, type TabProps } from './tab-content.tsx';
import { useHistory } from './use-history.ts';
import { useJob } from './use-job.ts';
import { WaitingCard } from './waiting/waiting-card.tsx';
import './job-page.css';

const NO_HISTORY: TabProps['history'] = [];

/** The page of one job. */
export function Page({ params }: PageProps) {
  const id = params.id ?? '';
  const { job, isLoading, failure, refresh } = useJob(id);
  if (job !== null) return <KnownJob key={id} job={job} />;
  return (
    <>
      <h1 class="visually-hidden">Job</h1>
      {isLoading ? (
        <Loading what="Reading the job" />
      ) : failure !== null ? (
        <FailureBox failure={failure} onRetry={refresh} />
      ) : (
        <GoneJob />
      )}
    </>
  );
}

/** It was read before, and is not any more. */
function GoneJob() {
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
  useAnnouncement(`${job.name} is ${status}`);
  return (
    <article class="job-page">
      <PageKeys job={job} />
      <Title job={job} />
      <JobHeader job={job} />
      {STATUS_LOOKS[status].class === 'fail' && (
        <ErrorCard job={job} hasLogs={parseTab(query.value.get('tab')) === 'logs'} />
      )}
      {job.waiting !== null && (
        <WaitingCard waiting={job.waiting} scheduler={job.schedulerType} since={job.submitTime} />
      )}
      {history.value !== null && <PhaseGantt history={history.value} status={status} />}
      {history.failure !== null && <FailureBox failure={history.failure} onRetry={refresh} />}
      {job.report !== null && <EndReport report={job.report} />}
      <JobTabs job={job} history={history.value ?? NO_HISTORY} />
    </article>
  );
}

/** The share of its time that a job has used grows: drawn alone, every second, so that the page need not be. */
function Title({ job }: { readonly job: JobView }) {
  usePageTitle(tabTitle(job, nowMs.value), job.status);
  return null;
}

/** Tells screen readers what is different; what was there when the page was opened they read themselves. */
function useAnnouncement(text: string): void {
  const known = useRef(text);
  useEffect(() => {
    if (known.current !== text) announce(text);
    known.current = text;
  }, [text]);
}

/** A component of its own and the first one, so that a tab which wants a key for itself comes later and gets it. */
function PageKeys({ job }: { readonly job: JobView }) {
  const tabs = JOB_TABS.flatMap(({ id, label, keys }) =>
    keys.map((key) => [key, { label: `Show ${label}`, run: () => showTab(id) }] as const),
  );
  useShortcuts({
    ...Object.fromEntries(tabs),
    '[': { label: 'The job above in the list', run: () => void showNeighbour(job, -1) },
    ']': { label: 'The job below in the list', run: () => void showNeighbour(job, 1) },
  });
  return null;
}

function JobTabs({ job, history }: TabProps) {
  const tab = parseTab(query.value.get('tab'));
  return (
    <div class="job-page-tabs">
      <Tabs tabs={JOB_TABS} current={tab} onChange={showTab} label="Parts of the job" />
      <TabPanel key={tab} id={tab}>
        {/* The headings of a part are below it, whatever is above the tabs of this job. */}
        <h2 class="visually-hidden">{JOB_TABS.find(({ id }) => id === tab)?.label}</h2>
        <TabContent tab={tab} job={job} history={history} />
      </TabPanel>
    </div>
  );
}
