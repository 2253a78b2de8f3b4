import type { HistoryEntry } from '@arras/contract';
import { isOpen } from './transfers/transfer-list.ts';

/** The largest page that the service gives. */
export const HISTORY_PAGE = 250;

/** Reads the entries after a sequence number, at most a page of them. */
export type ReadAfter = (since: number) => Promise<readonly HistoryEntry[]>;

/**
 * The whole history, of which `known` was read before: only what came later is read, and entries that can still change.
 * Progress is written into the entry of its transfer.
 */
export async function readHistory(
  known: readonly HistoryEntry[],
  readAfter: ReadAfter,
): Promise<readonly HistoryEntry[]> {
  const firstOpen = known.findIndex(({ progress }) => progress !== undefined && isOpen(progress));
  const history = known.slice(0, firstOpen === -1 ? known.length : firstOpen);
  for (;;) {
    const page = await readAfter(history.at(-1)?.seq ?? 0);
    history.push(...page);
    if (page.length < HISTORY_PAGE) return history;
  }
}
