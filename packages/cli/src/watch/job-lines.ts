import type { JobUpdate } from '@arras/client';
import { hasEnded } from '@arras/client';
import {
  type HistoryEntry,
  type JobStatus,
  type JobView,
  parseRunTime,
  phaseStates,
  STATUS_LOOKS,
} from '@arras/contract';
import { cleanText } from '../clean-text.ts';
import { renderExplanation } from '../job-explanation.ts';
import { renderClock, renderDuration, renderSize } from '../quantities.ts';
import { lookOf, paint, statusText, type Terminal } from '../terminal.ts';
import { renderUnreachable } from './notices.ts';
import { renderPhaseLine } from './phase-line.ts';
import type { StallClock } from './stall-clock.ts';
import { renderTransferBars } from './transfer-bars.ts';

/** Where and when something is shown. */
export interface Place {
  readonly terminal: Terminal;
  readonly width: number;
  readonly nowMs: number;
  /** Null or not given: nobody has looked whether transfers move. */
  readonly stalls?: StallClock | null | undefined;
}

/** The longest status, so that descriptions stand below each other. */
const STATUS_WIDTH = 'ARCHIVING_FINISHED'.length;

/**
 * One line for one entry of the history. For people the clock, and with `isNamed` whose it is; for files the full time
 * and the id of the job.
 */
export function renderEntry(
  entry: HistoryEntry,
  job: JobView,
  { terminal, isNamed = false }: { readonly terminal: Terminal; readonly isNamed?: boolean },
): string {
  const what = [cleanText(entry.description ?? ''), renderProgress(entry)]
    .filter((part) => part !== '')
    .join(', ');
  const status = cleanText(entry.status);
  if (!terminal.isTty) return `${entry.created}  ${job.id}  ${status}  ${what}`.trimEnd();
  const look = Object.hasOwn(STATUS_LOOKS, status) ? STATUS_LOOKS[status as JobStatus] : null;
  const symbol = look === null ? ' ' : terminal.unicode ? look.symbol : look.ascii;
  const coloured = paint(terminal, look?.class ?? 'idle', `${symbol} ${status.padEnd(STATUS_WIDTH)}`);
  const name = isNamed ? `${cleanText(job.name)}  ` : '';
  return `${renderClock(entry.created)}  ${coloured}  ${name}${what}`.trimEnd();
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

/** The one line about a job that has become what was waited for. */
export function renderReached({ job, history }: JobUpdate, terminal: Terminal): string {
  if (terminal.isTty)
    return `${paint(terminal, lookOf(job).class, statusText(terminal, job))}  ${cleanText(job.name)}`;
  return `${history.at(-1)?.created ?? job.lastUpdated}  ${job.id}  ${job.status}  ${cleanText(job.name)}`;
}

/** Below the line of a job: its phases, its transfers, why it waits, and whether its system answers. */
export function renderStatusBlock(news: JobUpdate, place: Place): string[] {
  const unreachable = renderUnreachable(place.terminal, news.job);
  return [
    ...renderProgressLines(news, place),
    ...(hasEnded(news.job.status) ? [] : renderExplanation(news.job, place)),
    ...(unreachable === null ? [] : [`  ${paint(place.terminal, 'fail', unreachable)}`]),
  ];
}

/** What a job is and how it is, in one line. */
export function renderHead({ job }: JobUpdate, { terminal, nowMs }: Place): string {
  const age = renderDuration(nowMs - Date.parse(job.created));
  const status = paint(terminal, lookOf(job).class, statusText(terminal, job));
  const local =
    job.localId === null ? '' : `   ${cleanText(job.schedulerType.toLowerCase())} ${cleanText(job.localId)}`;
  return `${status}  ${cleanText(job.name)}  ${age}   ${cleanText(job.appId)} on ${cleanText(job.executionSystem)}${local}`;
}

function limitOf({ maxRunTime }: JobView): number | null {
  const seconds = maxRunTime === null ? null : parseRunTime(maxRunTime);
  return seconds === null ? null : seconds * 1_000;
}

/** Phases, and the transfers of a job that has not ended, indented. */
export function renderProgressLines(
  { job, history }: Pick<JobUpdate, 'job' | 'history'>,
  { terminal, width, nowMs, stalls }: Place,
): string[] {
  const phases = renderPhaseLine(phaseStates({ history, status: job.status, nowMs }), {
    terminal,
    width: width - 3,
    limitMs: limitOf(job),
  });
  const bars = hasEnded(job.status)
    ? []
    : renderTransferBars(history, terminal, (entry) => stalls?.stalledMs(entry, nowMs) ?? null);
  return [phases, ...bars].map((line) => `  ${line}`);
}
