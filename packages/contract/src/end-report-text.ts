import type { EndReportView } from './jobs.ts';
import { formatRunTime } from './quantities.ts';

/** One line of a report in words, the same in mails and on the command line. */
export interface ReportLine {
  readonly label: string;
  readonly value: string;
}

/** `Wall Time: 00:12:03 of 01:00:00 (20 %)`, the processor time and the memory where they are known, and a note for each waste. */
export function describeReport({ wallTime, cpuTime, memory, notes }: EndReportView): readonly ReportLine[] {
  return [
    { label: 'Wall Time', value: describeShare(wallTime, describeTime) },
    ...(cpuTime === null ? [] : [{ label: 'CPU Time', value: describeShare(cpuTime, describeTime) }]),
    ...(memory === null ? [] : [{ label: 'Memory', value: describeShare(memory, describeMemory) }]),
    ...notes.map(({ sentence }) => ({ label: 'Note', value: sentence })),
  ];
}

function describeShare(part: EndReportView['wallTime'], describe: (amount: number) => string): string {
  if (part.requested === null) return describe(part.used);
  const share = part.share === null ? '' : ` (${Math.round(part.share * 100)} %)`;
  return `${describe(part.used)} of ${describe(part.requested)}${share}`;
}

function describeTime(seconds: number): string {
  return formatRunTime(Math.round(seconds));
}

/** In powers of 1024, as memory is asked for. */
function describeMemory(bytes: number): string {
  const gb = bytes / 2 ** 30;
  return gb >= 1 ? `${Number(gb.toFixed(1))} GB` : `${Math.round(bytes / 2 ** 20)} MB`;
}
