import type { JobUpdate } from '@arras/client';
import { hasEnded } from '@arras/client';
import { type HistoryEntry, type JobStatus, type JobView, STATUS_LOOKS } from '@arras/contract';
import { cleanText } from '../clean-text.ts';
import { renderClock, renderDuration, renderSize } from '../quantities.ts';
import { lookOf, paint, statusText, type Terminal } from '../terminal.ts';
import { renderPhaseLine } from './phase-line.ts';
import { phaseStates } from './phases.ts';
import { renderTransferBars } from './transfer-bars.ts';

/** The longest status, so that descriptions stand below each other. */
const STATUS_WIDTH = 'ARCHIVING_FINISHED'.length;

/** One line for one entry of the history. For people the clock; for files the full time and the id of the job. */
export function renderEntry(entry: HistoryEntry, job: JobView, terminal: Terminal): string {
  const what = [cleanText(entry.description ?? ''), renderProgress(entry)]
    .filter((part) => part !== '')
    .join(', ');
  const status = cleanText(entry.status);
  if (!terminal.isTty) return `${entry.created}  ${job.id}  ${status}  ${what}`.trimEnd();
  const look = Object.hasOwn(STATUS_LOOKS, status) ? STATUS_LOOKS[status as JobStatus] : null;
  const symbol = look === null ? ' ' : terminal.unicode ? look.symbol : look.ascii;
  const coloured = paint(terminal, look?.class ?? 'idle', `${symbol} ${status.padEnd(STATUS_WIDTH)}`);
  return `${renderClock(entry.created)}  ${coloured}  ${what}`.trimEnd();
}

function renderProgress({ progress }: HistoryEntry): string {
  if (progress === undefined) return '';
  return `${renderSize(progress.totalBytesTransferred)} of ${renderSize(progress.totalBytes)}`;
}

/** True for the entry that the line about the end of the job stands for. */
export function isEndEntry(entry: HistoryEntry): boolean {
  return Object.hasOwn(STATUS_LOOKS, entry.status) && hasEnded(entry.status as JobStatus);
}

/** The one line that ends a watch: result, name, how long, why. */
export function renderEnd({ job, history }: JobUpdate, terminal: Terminal): string {
  const end = history.findLast(isEndEntry);
  const endedAt = end?.created ?? job.lastUpdated;
  const took = renderDuration(Date.parse(endedAt) - Date.parse(job.created));
  const why = cleanText(job.message ?? end?.description ?? '');
  const what = `${cleanText(job.name)} after ${took}: ${why}`;
  if (!terminal.isTty) return `${endedAt}  ${job.id}  ${job.status}  ${what}`;
  return `${paint(terminal, lookOf(job).class, statusText(terminal, job))}  ${what}`;
}

/** The block about one job: what it is, its phases, its transfers. */
export function renderStatusBlock(
  { job, history }: JobUpdate,
  { terminal, width, nowMs }: { terminal: Terminal; width: number; nowMs: number },
): string[] {
  const age = renderDuration(nowMs - Date.parse(job.created));
  const status = paint(terminal, lookOf(job).class, statusText(terminal, job));
  const local =
    job.localId === null ? '' : `   ${cleanText(job.schedulerType.toLowerCase())} ${cleanText(job.localId)}`;
  const head = `${status}  ${cleanText(job.name)}  ${age}   ${cleanText(job.appId)} on ${cleanText(job.executionSystem)}${local}`;
  return [head, ...renderProgressLines({ job, history }, { terminal, width, nowMs })];
}

/** Phases, and the transfers of a job that has not ended, indented. */
export function renderProgressLines(
  { job, history }: Pick<JobUpdate, 'job' | 'history'>,
  { terminal, width, nowMs }: { terminal: Terminal; width: number; nowMs: number },
): string[] {
  const phases = renderPhaseLine(phaseStates({ history, status: job.status, nowMs }), {
    terminal,
    width: width - 3,
  });
  const bars = hasEnded(job.status) ? [] : renderTransferBars(history, terminal);
  return [phases, ...bars].map((line) => `  ${line}`);
}
