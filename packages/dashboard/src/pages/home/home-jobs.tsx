import { parseFilter } from '@arras/contract';
import { call } from '../../api/call.ts';
import { useNews } from '../../live/use-news.ts';
import { jobSignal, putJobs } from '../../store/jobs.ts';
import { useCall } from '../../store/use-call.ts';
import { serverNowMs } from '../../ui/clock.ts';
import { Elapsed } from '../../ui/elapsed.tsx';
import { FailureBox } from '../../ui/failure-box.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import type { HomeSection } from './home-sections.ts';

/** Rows of each part; the list of jobs has the others. */
const MOST_ROWS = 6;

/** A part of Home: the first jobs of a filter, and how many there are. */
export function HomeJobs({ section, viewer }: { readonly section: HomeSection; readonly viewer: string }) {
  const { id, title, filter, none } = section;
  const { state, refresh } = useCall((signal) => readSection(filter, viewer, signal), [filter]);
  useNews(refresh);
  const { value, failure } = state;
  return (
    <section class={`home-section home-section-${id}`} aria-labelledby={`home-${id}`}>
      <h2 id={`home-${id}`}>
        {title} {value !== null && <span class="home-count">{value.total.toLocaleString('en')}</span>}
      </h2>
      {failure !== null && <FailureBox failure={failure} onRetry={refresh} />}
      {value?.ids.length === 0 && <p class="home-none">{none}</p>}
      {value !== null && value.ids.length > 0 && (
        <ul class="home-jobs">
          {value.ids.map((jobId) => (
            <HomeJob key={jobId} id={jobId} />
          ))}
        </ul>
      )}
      {value !== null && value.total > value.ids.length && (
        <a href={`/ui/jobs?q=${encodeURIComponent(filter)}`}>All {value.total.toLocaleString('en')}</a>
      )}
    </section>
  );
}

function HomeJob({ id }: { readonly id: string }) {
  const job = jobSignal(id).value;
  if (job === null) return null;
  const { status, stopRequested, name, executionSystem, startTime, endTime, remoteSubmitted } = job;
  return (
    <li class="home-job">
      <a href={`/ui/jobs/${encodeURIComponent(id)}`} title={name}>
        <bdi>{name}</bdi>
      </a>
      <StatusBadge status={status} stopRequested={stopRequested} />
      <small>
        <bdi>{executionSystem}</bdi>
        {' · '}
        {status === 'QUEUED' ? (
          <>
            waiting <Elapsed from={remoteSubmitted} />
          </>
        ) : endTime === null ? (
          <Elapsed from={startTime} />
        ) : (
          <RelativeTime at={endTime} />
        )}
      </small>
    </li>
  );
}

async function readSection(filter: string, username: string, signal: AbortSignal) {
  const parsed = parseFilter(filter, { now: new Date(serverNowMs()), username });
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const { orderBy, order, ...conditions } = parsed.value.query;
  const page = { ...conditions, orderBy, order, limit: MOST_ROWS };
  const [jobs, counts] = await Promise.all([
    call('listJobs', { query: page, signal }),
    call('countJobs', { query: conditions, signal }),
  ]);
  putJobs(jobs);
  return { ids: jobs.map(({ id }) => id), total: counts.total };
}
