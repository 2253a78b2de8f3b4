import { setQuery } from '../../routing/place.ts';
import { MAX_GROUPED_ROWS } from './grouping.ts';
import type { ListState } from './job-list.ts';
import { renderNews } from './list-news.ts';
import { ListTools } from './list-tools.tsx';
import type { JobsPageState } from './use-jobs-page.ts';

/** How many jobs there are, what is new, and how the list is shown. */
export function ListBar({ page }: { readonly page: JobsPageState }) {
  const { filter, list, lines, look, changeLook, grouping, showNews } = page;
  const state = list.state.value;
  const news = renderNews(state.news);
  return (
    <div class="jobs-page-bar">
      <span class="jobs-page-count">{renderCount(state, lines.ungrouped)}</span>
      {news !== null && (
        <button type="button" class="jobs-page-news" onClick={showNews}>
          {news} <span aria-hidden="true">↑</span>
        </button>
      )}
      <ListTools
        filter={filter.text}
        query={filter.sound.query}
        look={look.value}
        onLook={changeLook}
        grouping={grouping}
        onGroup={(next) => setQuery({ group: next === 'none' ? null : next })}
      />
    </div>
  );
}

/** `10,000 jobs`, and how many of them are in no group. */
function renderCount({ kind, pages, counts }: ListState, ungrouped: number): string {
  if (kind === 'loading' && pages.total === 0) return '';
  const isOpen = pages.total >= pages.pageRows && counts?.complete !== true;
  const total = `${pages.total.toLocaleString('en')}${isOpen ? '+' : ''}`;
  const jobs = pages.total === 1 ? '1 job' : `${total} jobs`;
  if (ungrouped === 0) return jobs;
  return `${jobs}, the first ${MAX_GROUPED_ROWS.toLocaleString('en')} in groups: narrow the filter to group all`;
}
