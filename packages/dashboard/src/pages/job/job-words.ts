import { type JobStatus, type JobView, STATUS_LOOKS } from '@arras/contract';

/** True once nothing more can happen to a job of this status. */
export function hasEnded(status: JobStatus): boolean {
  return STATUS_LOOKS[status].phase === 'done' && !status.startsWith('ARCHIVING');
}

/** Who knows the status of a job. */
export function sourceName({
  freshness,
  executionSystem,
}: Pick<JobView, 'freshness' | 'executionSystem'>): string {
  return freshness.source === 'service' ? 'this service' : executionSystem;
}

/** How far a program is in the time that it may run, 0 to 1; null unless it runs and has a limit. */
export function runShare(
  { status, startTime, maxHours }: Pick<JobView, 'status' | 'startTime' | 'maxHours'>,
  nowMs: number,
): number | null {
  if (status !== 'RUNNING' || startTime === null || maxHours === undefined || maxHours <= 0) return null;
  const share = (nowMs - Date.parse(startTime)) / (maxHours * 3_600_000);
  return Math.min(1, Math.max(0, share));
}

/** The title of the tab behind the symbol of the status: `42% rna-seq`. */
export function tabTitle(
  job: Pick<JobView, 'name' | 'status' | 'startTime' | 'maxHours'>,
  nowMs: number,
): string {
  const share = runShare(job, nowMs);
  const name = shorten(job.name, 60);
  return share === null ? name : `${Math.floor(share * 100)}% ${name}`;
}

/** Cut in the middle, where it says least. */
export function shorten(text: string, most: number): string {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  const tail = Math.floor((most - 1) / 3);
  return `${characters.slice(0, most - 1 - tail).join('')}…${characters.slice(-tail).join('')}`;
}

/** From when to when a job counts as running: until now without an end, nothing before its start. */
export function runSpan({
  startTime,
  endTime,
  status,
  lastUpdated,
}: Pick<JobView, 'startTime' | 'endTime' | 'status' | 'lastUpdated'>): {
  readonly from: string;
  readonly to: string | null;
} | null {
  if (startTime === null) return null;
  return { from: startTime, to: endTime ?? (hasEnded(status) ? lastUpdated : null) };
}
