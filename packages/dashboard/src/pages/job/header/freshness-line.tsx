import type { JobView } from '@arras/contract';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { sourceName } from '../job-words.ts';

/** As of when the status of a job that goes on is known and from whom; plainly so when its system does not answer. */
export function FreshnessLine({ job }: { readonly job: JobView }) {
  const { freshness, executionSystem } = job;
  if (!freshness.reachable)
    return (
      <p class="job-header-unreachable" role="status">
        <span aria-hidden="true">⚠</span> {executionSystem} does not answer: the status is that of{' '}
        <RelativeTime at={freshness.asOf} /> and may have changed since. {freshness.message}
      </p>
    );
  return (
    <p class="job-header-fresh">
      Status as of <RelativeTime at={freshness.asOf} />, from <bdi>{sourceName(job)}</bdi>
    </p>
  );
}
