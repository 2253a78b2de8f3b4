import { useRef } from 'preact/hooks';
import { session, type Viewer } from '../../session/session.ts';
import { Loading } from '../../ui/loading.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { FilterBox } from './filter-box.tsx';
import { chosenStatuses, toggleStatus } from './filter-edits.ts';
import { ListBar } from './list-bar.tsx';
import { ListBody } from './list-body.tsx';
import { ListBulk } from './list-bulk.tsx';
import { StatusChips } from './status-chips.tsx';
import { type Filter, useFilter } from './use-filter.ts';
import { useJobsPage } from './use-jobs-page.ts';
import { useListKeys } from './use-list-keys.ts';
import { useViews, type Views } from './use-views.ts';
import { ViewBar } from './view-bar.tsx';
import './jobs-page.css';

/** The list of jobs. */
export function Page() {
  // The frame shows a page to whoever is signed in alone.
  const viewer = session.value.kind === 'signed-in' ? session.value.viewer : NOBODY;
  const views = useViews();
  const filter = useFilter(views.views, viewer.username);
  usePageTitle(filter.shown.view?.title ?? 'Jobs');
  // What a view is about is known only once its filter is.
  if (filter.shown.unknown !== null && !views.areKnown) return <Loading what="Loading the view" />;
  return <JobsPage viewer={viewer} views={views} filter={filter} />;
}

const NOBODY: Viewer = { username: '', isAdmin: false };

interface JobsPageProps {
  readonly viewer: Viewer;
  readonly views: Views;
  readonly filter: Filter;
}

function JobsPage({ viewer, views, filter }: JobsPageProps) {
  const page = useJobsPage(filter, viewer);
  const input = useRef<HTMLInputElement>(null);
  const onKeyDown = useListKeys(page, () => input.current?.focus());
  const { text, shown, compiled, sound, change } = filter;
  return (
    <div class="jobs-page">
      <div class="jobs-page-head">
        <h1>Jobs</h1>
        <ViewBar
          views={views.views}
          shown={shown}
          onSave={(name) => views.save(name, text)}
          onDelete={(name) => void views.remove(name)}
        />
      </div>
      {shown.unknown !== null && <p role="status">There is no view called {shown.unknown}.</p>}
      <FilterBox
        text={text}
        terms={sound.terms}
        problem={compiled.ok ? null : compiled.problem}
        onChange={change}
        input={input}
      />
      <StatusChips
        counts={page.list.state.value.chips}
        chosen={chosenStatuses(sound.terms)}
        onToggle={(status) => change(toggleStatus(sound.terms, status))}
      />
      <ListBar page={page} />
      <ListBulk page={page} viewer={viewer.username} />
      <ListBody page={page} viewer={viewer.username} onKeyDown={onKeyDown} />
    </div>
  );
}
