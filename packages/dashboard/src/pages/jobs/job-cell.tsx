import type { StoredJob } from '../../store/stored-job.ts';
import { Elapsed } from '../../ui/elapsed.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import type { ColumnName } from './columns.ts';

/** What a column shows of a job. */
export function JobCell({ job, column }: { readonly job: StoredJob; readonly column: ColumnName }) {
  switch (column) {
    case 'status':
      return <StatusBadge status={job.status} stopRequested={job.stopRequested} />;
    case 'name':
      return (
        // The keyboard goes from row to row, and Enter opens: a stop at every link would be one for each job.
        <a
          class="job-row-link"
          href={`/ui/jobs/${encodeURIComponent(job.id)}`}
          tabIndex={-1}
          title={job.name}
        >
          <bdi>{job.name}</bdi>
        </a>
      );
    case 'id':
      return <Text text={job.id} />;
    case 'app':
      return <Text text={job.appId} />;
    case 'system':
      return <Text text={job.executionSystem} />;
    case 'owner':
      return <Text text={job.owner} />;
    case 'created':
      return <RelativeTime at={job.created} />;
    case 'queued':
      return <RelativeTime at={job.remoteSubmitted} />;
    case 'started':
      return <RelativeTime at={job.startTime} />;
    case 'ended':
      return <RelativeTime at={job.endTime} />;
    case 'ran':
      return <Elapsed from={job.startTime} to={job.endTime} />;
    case 'updated':
      return <RelativeTime at={job.lastUpdated} />;
  }
}

/** Names come from users: one that runs from right to left must not turn the row around it. */
function Text({ text }: { readonly text: string }) {
  return (
    <span title={text}>
      <bdi>{text}</bdi>
    </span>
  );
}
