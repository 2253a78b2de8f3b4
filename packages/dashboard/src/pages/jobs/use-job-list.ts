import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { onJobEvent, onResync, untilBegun } from '../../live/live.ts';
import { onReconnect } from '../../live/on-reconnect.ts';
import { noteFailure, type Viewer } from '../../session/session.ts';
import { putJobs } from '../../store/jobs.ts';
import { announce } from '../../ui/announcer.tsx';
import { JobList } from './job-list.ts';
import { type ListUse, mayApplyAtOnce, renderNews } from './list-news.ts';
import type { Filter } from './use-filter.ts';

/** Counting costs the service more than a row does: events make it count at most this often, in milliseconds. */
const COUNT_EVERY_MS = 2_000;

/** Jobs that come one after the other are read together, in milliseconds. */
const APPLY_AFTER_MS = 400;

/** The list of a filter, kept fresh by the stream. A filter that cannot be read leaves the list as it was. */
export function useJobList(
  { compiled, text }: Pick<Filter, 'compiled' | 'text'>,
  use: ReadonlySignal<ListUse>,
  viewer: Viewer,
): JobList {
  const filter = text.trim();
  const list = useMemo(() => makeList(viewer), []);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!compiled.ok) return;
    // The first read waits for the stream, so that nothing happens unseen between the two.
    const begun = new AbortController();
    const before = isFirst.current ? untilBegun(begun.signal) : Promise.resolve();
    isFirst.current = false;
    void before.then(() => (begun.signal.aborted ? undefined : list.load(compiled.request)));
    return () => begun.abort();
    // What a filter compiles to moves with the time; the list is another when its text is.
  }, [filter, compiled.ok]);
  useEffect(() => followEvents(list, use), []);
  return list;
}

function makeList(viewer: Viewer): JobList {
  return new JobList({
    viewer,
    readPage: (query, signal) => call('listJobs', { query, signal }),
    readCounts: (query, signal) => call('countJobs', { query, signal }),
    putJobs,
    noteFailure,
  });
}

function followEvents(list: JobList, use: ReadonlySignal<ListUse>): () => void {
  const count = throttled(COUNT_EVERY_MS, () => void list.refreshCounts());
  const apply = throttled(APPLY_AFTER_MS, () => {
    if (renderNews(list.state.peek().news) !== null && mayApplyAtOnce(use.peek())) void list.refresh();
  });
  const stops = [
    onJobEvent((event) => {
      list.hear(event);
      count.ask();
      const news = renderNews(list.state.peek().news);
      if (news === null) return;
      announce(`Jobs: ${news}`);
      apply.ask();
    }),
    // What was missed may stand anywhere: rows are read again where they are looked at.
    onResync(() => void list.refresh()),
    onReconnect(() => {
      if (list.state.peek().kind === 'failed') void list.refresh();
    }),
    // Whoever leaves the rows wants to see what came meanwhile.
    use.subscribe(() => apply.ask()),
    count.stop,
    apply.stop,
    () => list.stop(),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Runs at most this often; whoever asks in between is answered by the next run. */
function throttled(everyMs: number, run: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    ask: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        run();
      }, everyMs);
    },
    stop: () => clearTimeout(timer),
  };
}
