import { call } from '../../api/call.ts';
import { FirstJob } from '../../first-job/first-job.tsx';
import { useNews } from '../../live/use-news.ts';
import { session } from '../../session/session.ts';
import { useCall } from '../../store/use-call.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { HomeJobs } from './home-jobs.tsx';
import { homeSections } from './home-sections.ts';
import { HomeSystems } from './home-systems.tsx';
import { useVisit } from './use-visit.ts';
import './home.css';

/** What changed since the last visit, what runs and waits, and which systems are in trouble. */
export function Page() {
  usePageTitle('Home');
  const viewer = session.value.kind === 'signed-in' ? session.value.viewer.username : '';
  const { sinceMs, isFirst, markSeen } = useVisit(viewer);
  const { state, refresh } = useCall(
    (signal) => call('countJobs', { query: { owner: viewer }, signal }),
    [viewer],
  );
  useNews(refresh);
  const sections = homeSections(sinceMs);
  const isNew = state.value?.total === 0;
  return (
    <div class="home">
      <h1>Home</h1>
      {isNew && <FirstJob title="You have no jobs yet." />}
      {!isNew && (
        <>
          <p class="home-since">
            {isFirst ? 'In the last day' : <SinceVisit sinceMs={sinceMs} />}{' '}
            <button type="button" class="button" onClick={markSeen}>
              I have seen it
            </button>
          </p>
          <div class="home-grid">
            {sections.slice(0, 2).map((section) => (
              <HomeJobs key={section.id} section={section} viewer={viewer} />
            ))}
          </div>
        </>
      )}
      <div class="home-grid">
        {!isNew &&
          sections.slice(2).map((section) => <HomeJobs key={section.id} section={section} viewer={viewer} />)}
        <HomeSystems />
      </div>
    </div>
  );
}

function SinceVisit({ sinceMs }: { readonly sinceMs: number }) {
  return (
    <>
      Since your last visit, <RelativeTime at={new Date(sinceMs).toISOString()} />
    </>
  );
}
