import type { JobView } from '@arras/contract';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { hasEnded, sourceName } from '../job-words.ts';

/** As of when the status is known and from whom; plainly so when its system does not answer. */
export function FreshnessLine({ job }: { readonly job: JobView }) {
  const { freshness, executionSystem, status } = job;
  if (!freshness.reachable && !hasEnded(status))
    return (
      <p class="job-header-unreachable" role="status">
        <span aria-hidden="true">⚠</span> {executionSystem} does not answer: the status is that of{' '}
        <RelativeTime at={freshness.asOf} /> and may have changed since. {freshness.message}
      </p>
    );
  return (
    <p class="job-header-fresh">
      as of <RelativeTime at={freshness.asOf} /> from <bdi>{sourceName(job)}</bdi>
    </p>
  );
}
