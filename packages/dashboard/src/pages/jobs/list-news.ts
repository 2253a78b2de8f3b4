import type { Verdict } from './judge-job.ts';

/** What has happened to a list since it was read, and is not yet seen in it. */
export interface ListNews {
  /** Jobs that have come into it. */
  readonly arrived: ReadonlySet<string>;
  /** Jobs that are shown although they no longer belong into it. */
  readonly left: ReadonlySet<string>;
}

/** Nothing new. */
export const NO_NEWS: ListNews = { arrived: new Set(), left: new Set() };

/** A job of which something happened, as the list sees it. */
export interface SeenJob {
  readonly id: string;
  readonly verdict: Verdict;
  /** Its row is there. */
  readonly isListed: boolean;
  /**
   * Its row cannot be in a part of the list that was not read: the whole list was read, or the job is newer than all
   * rows of a list that begins with the newest.
   */
  readonly isOutside: boolean;
}

/**
 * Adds what an event means for the list. Rows are changed in place and stay where they are: what would move them waits
 * until the list is read again, so that nothing goes away under the pointer.
 */
export function noteJob(news: ListNews, { id, verdict, isListed, isOutside }: SeenJob): ListNews {
  const arrives = !isListed && isOutside && verdict !== 'no';
  const leaves = isListed && verdict === 'no';
  const returns = news.left.has(id) && verdict === 'yes';
  const withdraws = news.arrived.has(id) && verdict === 'no';
  if (arrives === news.arrived.has(id) && !withdraws && leaves === news.left.has(id) && !returns) return news;
  return {
    arrived: changed(news.arrived, id, arrives),
    left: changed(news.left, id, leaves || (news.left.has(id) && verdict === 'maybe')),
  };
}

function changed(ids: ReadonlySet<string>, id: string, isIn: boolean): ReadonlySet<string> {
  if (ids.has(id) === isIn) return ids;
  const next = new Set(ids);
  if (isIn) next.add(id);
  else next.delete(id);
  return next;
}

/** `3 new` `2 no longer fit` `3 new, 2 no longer fit`; null when there is nothing to say. */
export function renderNews({ arrived, left }: ListNews): string | null {
  const parts = [
    ...(arrived.size === 0 ? [] : [`${arrived.size} new`]),
    ...(left.size === 0 ? [] : [left.size === 1 ? '1 no longer fits' : `${left.size} no longer fit`]),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}

/** What the user is doing with the list. */
export interface ListUse {
  readonly scrollTop: number;
  /** The pointer is over the rows, or the focus is in them. */
  readonly isTouched: boolean;
  readonly hasSelection: boolean;
}

/** Whether the list may be read again by itself: nobody is looking at a certain row of it. */
export function mayApplyAtOnce({ scrollTop, isTouched, hasSelection }: ListUse): boolean {
  return scrollTop === 0 && !isTouched && !hasSelection;
}
