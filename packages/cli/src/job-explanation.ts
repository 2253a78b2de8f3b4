import { describeReport, type JobView, type Waiting } from '@arras/contract';
import { cleanText } from './clean-text.ts';
import { renderClock, renderDuration } from './quantities.ts';
import { paint, type Terminal } from './terminal.ts';

/** Why a job waits, why it ended and what it used: one line each, indented; none where there is nothing to say. */
export function renderExplanation(
  job: Pick<JobView, 'waiting' | 'endCause' | 'report' | 'schedulerType'>,
  place: { readonly terminal: Terminal; readonly nowMs: number },
): readonly string[] {
  const { waiting, endCause, report } = job;
  const lines = [
    ...(waiting === null ? [] : waitingLines(waiting, cleanText(job.schedulerType), place)),
    ...(endCause === null
      ? []
      : [`${cleanText(endCause.sentence)} ${cleanText(endCause.action ?? '')}`.trim()]),
    ...(report === null ? [] : describeReport(report).map(({ label, value }) => `${label}: ${value}`)),
  ];
  return lines.map((line) => `  ${line}`);
}

function waitingLines(
  { sentence, action, canStart, estimatedStart, similar }: Waiting,
  scheduler: string,
  { terminal, nowMs }: { readonly terminal: Terminal; readonly nowMs: number },
): readonly string[] {
  const why = cleanText(action === undefined ? sentence : `${sentence} ${action}`);
  if (!canStart) return [paint(terminal, 'fail', why)];
  const duration = (seconds: number) => renderDuration(seconds * 1000);
  return [
    why,
    estimatedStart === undefined
      ? 'No estimate yet.'
      : `${scheduler} estimates ${renderClock(estimatedStart)} (in ~${renderDuration(Math.max(0, Date.parse(estimatedStart) - nowMs))}); it may move.`,
    ...(similar === undefined
      ? []
      : [
          `${similar.count} similar jobs waited ${duration(similar.shortestSeconds)} to ${duration(similar.longestSeconds)} (median ${duration(similar.medianSeconds)}).`,
        ]),
  ];
}
