import { useMemo } from 'preact/hooks';
import { FailureBox } from '../../../ui/failure-box.tsx';
import { useSubscriptions } from '../notifications/use-subscriptions.ts';
import type { TabProps } from '../tab-content.tsx';
import { TimelineTab } from './timeline-tab.tsx';

/** The timeline with the messages about the job; without those there is still the history. */
export function TimelinePart({ job, history }: TabProps) {
  const { state, refresh } = useSubscriptions(job.id);
  const attempts = useMemo(() => (state.value ?? []).flatMap((each) => each.attempts), [state.value]);
  return (
    <>
      {state.failure !== null && <FailureBox failure={state.failure} onRetry={refresh} />}
      <TimelineTab job={job} history={history} attempts={attempts} />
    </>
  );
}
