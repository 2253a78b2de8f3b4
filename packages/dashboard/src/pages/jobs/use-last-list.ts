import { useEffect, useRef } from 'preact/hooks';
import { keepLastList } from '../../last-list/last-list.ts';
import { matchPath } from '../../routing/match-path.ts';
import { path } from '../../routing/place.ts';
import { jobStore } from '../../store/jobs.ts';
import { pageQuery } from './list-query.ts';
import { jobOfLine } from './table-lines.ts';
import type { JobsPageState } from './use-jobs-page.ts';

type Shown = Pick<JobsPageState, 'filter' | 'list' | 'lines' | 'grouping'>;

/** When a job is opened the list stays behind for it: its page goes to the next job by the list as it was seen. */
export function useLastList(shown: Shown): void {
  const latest = useRef(shown);
  latest.current = shown;
  useEffect(
    () => () => {
      const openedId = matchPath('/ui/jobs/:id', path.peek())?.id;
      if (openedId !== undefined) keepLastList(listedJobsOf(latest.current), openedId);
    },
    [],
  );
}

function listedJobsOf({ filter, list, lines, grouping }: Shown) {
  const [firstId] = list.ids.peek();
  const newest = firstId === undefined ? null : (jobStore.peek(firstId)?.created ?? null);
  const isGrouped = grouping !== 'none';
  const ids = lines.all.filter(({ kind }) => kind !== 'group').map(jobOfLine);
  // Groups have an order of their own, which cannot be asked for.
  const query = isGrouped ? null : pageQuery(filter.sound.request.list, { offset: 0, newest });
  return { query, total: ids.length, from: 0, ids };
}
