import type { HistoryEntry, TransferProgress } from '@arras/contract';
import { cleanText } from '../clean-text.ts';
import { renderSize } from '../quantities.ts';
import type { Terminal } from '../terminal.ts';

const BAR_WIDTH = 20;
/** More bars than this push the news off the screen. */
const MOST_BARS = 3;

/** Bars of the transfers under way; of one that is done as long as it is the latest news. */
export function renderTransferBars(
  history: readonly HistoryEntry[],
  terminal: Pick<Terminal, 'unicode'>,
): string[] {
  const latest = history.at(-1);
  const shown = history.flatMap((entry) => {
    const { progress } = entry;
    if (progress === undefined) return [];
    return progress.totalBytesTransferred < progress.totalBytes || entry === latest ? [progress] : [];
  });
  return shown.slice(-MOST_BARS).map((progress) => renderTransferBar(progress, terminal));
}

/** `██████████░░░░░░░░░░  52 %  1.6 GB of 3.2 GB  88 MB/s  reads.fq`. */
export function renderTransferBar(progress: TransferProgress, terminal: Pick<Terminal, 'unicode'>): string {
  const { totalBytes, totalBytesTransferred: moved, averageRate, source } = progress;
  const share = totalBytes > 0 ? Math.min(1, moved / totalBytes) : 1;
  const filled = Math.round(share * BAR_WIDTH);
  const [full, empty] = terminal.unicode ? ['█', '░'] : ['#', '.'];
  const bar = `${full.repeat(filled)}${empty.repeat(BAR_WIDTH - filled)}`;
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const rate = averageRate > 0 && share < 1 ? `  ${renderSize(averageRate)}/s` : '';
  return `${bar} ${percent}  ${renderSize(moved)} of ${renderSize(totalBytes)}${rate}  ${cleanText(baseName(source))}`;
}

/** The last part of an address; the history has the whole of it. */
function baseName(source: string): string {
  return source.split('/').findLast((part) => part !== '') ?? source;
}
