import type { HistoryEntry, TransferProgress } from '@arras/contract';
import { cleanText } from '../clean-text.ts';
import { renderDuration, renderSize } from '../quantities.ts';
import type { Terminal } from '../terminal.ts';

const BAR_WIDTH = 20;
/** More bars than this push the news off the screen. */
const MOST_BARS = 3;

/**
 * Bars of the transfers under way; of one that is done as long as it is the latest news. `stalledMs` tells how long
 * one has not moved, null while it moves.
 */
export function renderTransferBars(
  history: readonly HistoryEntry[],
  terminal: Pick<Terminal, 'unicode'>,
  stalledMs: (entry: HistoryEntry) => number | null = () => null,
): string[] {
  const latest = history.at(-1);
  const shown = history.flatMap((entry) => {
    const { progress } = entry;
    if (progress === undefined) return [];
    return progress.totalBytesTransferred < progress.totalBytes || entry === latest
      ? [{ progress, stalledMs: stalledMs(entry) }]
      : [];
  });
  return shown
    .slice(-MOST_BARS)
    .map(({ progress, ...more }) => renderTransferBar(progress, { unicode: terminal.unicode, ...more }));
}

/** `██████████░░░░░░░░░░  52 %  1.6 GB of 3.2 GB  88 MB/s  reads.fq`; in place of the rate `stalled for 2m 10s`. */
export function renderTransferBar(
  progress: Pick<TransferProgress, 'totalBytes' | 'totalBytesTransferred' | 'averageRate' | 'source'>,
  terminal: Pick<Terminal, 'unicode'> & { readonly stalledMs?: number | null },
): string {
  const { totalBytes, totalBytesTransferred: moved, averageRate, source } = progress;
  const share = totalBytes > 0 ? Math.min(1, moved / totalBytes) : 1;
  const filled = Math.round(share * BAR_WIDTH);
  const [full, empty] = terminal.unicode ? ['█', '░'] : ['#', '.'];
  const bar = `${full.repeat(filled)}${empty.repeat(BAR_WIDTH - filled)}`;
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const { stalledMs = null } = terminal;
  const speed = averageRate > 0 ? `  ${renderSize(averageRate)}/s` : '';
  const rate = share === 1 ? '' : stalledMs === null ? speed : `  stalled for ${renderDuration(stalledMs)}`;
  return `${bar} ${percent}  ${renderSize(moved)} of ${renderSize(totalBytes)}${rate}  ${cleanText(baseName(source))}`;
}

/** The last part of an address; the history has the whole of it. */
function baseName(source: string): string {
  return source.split('/').findLast((part) => part !== '') ?? source;
}
