import { keepInTab, readKeptInTab } from '../preferences/browser-storage.ts';
import { cutAround, type ListedJobs, parseListedJobs } from './listed-jobs.ts';

const KEPT = 'last-list';

/** Keeps the list from which a job was opened, in this tab, also over a reload. */
export function keepLastList(list: ListedJobs, openedId: string): void {
  replaceLastList(cutAround(list, openedId));
}

/** Keeps the same list with more of its rows. */
export function replaceLastList(list: ListedJobs): void {
  keepInTab(KEPT, JSON.stringify(list));
}

/** The list from which this tab opened a job last; null: none. */
export function findLastList(): ListedJobs | null {
  return parseListedJobs(readKeptInTab(KEPT));
}
