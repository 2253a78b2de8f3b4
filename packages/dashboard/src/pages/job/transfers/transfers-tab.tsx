import type { HistoryEntry, JobView } from '@arras/contract';
import { useRef } from 'preact/hooks';
import { nowMs, serverNowMs } from '../../../ui/clock.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { formatDuration, formatSize } from '../../../ui/quantities.ts';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { hasEnded } from '../job-words.ts';
import { addSample, type RateSample, steadyRate } from './rate-samples.ts';
import { type JobTransfer, listTransfers, shareOf, sumTransfers } from './transfer-list.ts';
import './transfers.css';

/** What {@link TransfersTab} shows. */
export interface TransfersTabProps {
  readonly job: Pick<JobView, 'status' | 'id'>;
  readonly history: readonly HistoryEntry[];
}

/** What a job fetches and puts away: how far, how fast, how long still, and whether it stalls. */
export function TransfersTab({ job, history }: TransfersTabProps) {
  const transfers = listTransfers(history);
  const rates = useRates(transfers);
  if (transfers.length === 0) return <NoTransfers job={job} />;
  const sum = sumTransfers(transfers);
  return (
    <div class="transfers">
      <p class="transfers-sum">
        {transfers.length} {transfers.length === 1 ? 'transfer' : 'transfers'}, {formatSize(sum.bytes)} of{' '}
        {formatSize(sum.totalBytes)}
        {sum.underWay > 0 && `, ${sum.underWay} under way`}
      </p>
      <Bar bytes={sum.bytes} totalBytes={sum.totalBytes} name="All transfers" />
      <ul class="transfers-list">
        {transfers.map((transfer) => (
          <Transfer key={transfer.id} transfer={transfer} rate={rates.get(transfer.id) ?? null} />
        ))}
      </ul>
    </div>
  );
}

function NoTransfers({ job }: Pick<TransfersTabProps, 'job'>) {
  const title = hasEnded(job.status) ? 'This job moved no files.' : 'This job has moved no files yet.';
  return (
    <EmptyState title={title} command={`arras jobs history ${job.id}`}>
      <p>Inputs are fetched before a job is submitted; outputs are archived after it has run.</p>
    </EmptyState>
  );
}

/** Steady rates of those under way, in bytes a second, from what was seen since the page was opened. */
function useRates(transfers: readonly JobTransfer[]): ReadonlyMap<string, number | null> {
  const samples = useRef(new Map<string, readonly RateSample[]>());
  const rates = new Map<string, number | null>();
  for (const { id, isUnderWay, progress } of transfers) {
    if (!isUnderWay) continue;
    const seen = { atMs: serverNowMs(), bytes: progress.totalBytesTransferred };
    const known = addSample(samples.current.get(id) ?? [], seen);
    samples.current.set(id, known);
    rates.set(id, steadyRate(known));
  }
  return rates;
}

interface TransferProps {
  readonly transfer: JobTransfer;
  readonly rate: number | null;
}

function Transfer({ transfer, rate }: TransferProps) {
  const { progress, direction, tries, created } = transfer;
  const { source, totalBytesTransferred: bytes, totalBytes, totalFiles } = progress;
  return (
    <li class="transfers-item">
      <div class="transfers-names">
        <bdi class="transfers-source">{source}</bdi>
        <span>→ {direction === 'input' ? 'work directory' : 'archive'}</span>
      </div>
      <Bar bytes={bytes} totalBytes={totalBytes} name={`Transfer of ${source}`} />
      <div class="transfers-facts">
        <span>
          {formatSize(bytes)} of {formatSize(totalBytes)}
        </span>
        {totalFiles > 1 && <span>{totalFiles} files</span>}
        <Pace transfer={transfer} rate={rate} />
        {tries > 1 && <span>{tries} tries</span>}
        <span>
          began <RelativeTime at={created} />
        </span>
      </div>
    </li>
  );
}

function Pace({ transfer, rate }: TransferProps) {
  const { progress, isUnderWay } = transfer;
  const { averageRate, totalBytes, totalBytesTransferred: bytes, stalledSince } = progress;
  if (!isUnderWay) {
    if (bytes < totalBytes) return <span class="transfers-stalled">✗ not complete</span>;
    return <span>{averageRate > 0 ? `✓ ${formatSize(averageRate)}/s on average` : '✓'}</span>;
  }
  if (stalledSince !== undefined) {
    const seconds = (nowMs.value - Date.parse(stalledSince)) / 1_000;
    return <strong class="transfers-stalled">‖ stalled for {formatDuration(seconds)}</strong>;
  }
  if (rate === null) {
    const average = averageRate > 0 ? `${formatSize(averageRate)}/s on average, ` : '';
    return <span>{average}time left: estimating</span>;
  }
  return (
    <span>
      {formatSize(rate)}/s, {formatDuration((totalBytes - bytes) / rate)} left
    </span>
  );
}

interface BarProps {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly name: string;
}

function Bar({ bytes, totalBytes, name }: BarProps) {
  const percent = Math.floor(shareOf(bytes, totalBytes) * 100);
  return (
    <div class="transfers-bar">
      <progress max={100} value={percent} aria-label={name} />
      <span>{percent} %</span>
    </div>
  );
}
