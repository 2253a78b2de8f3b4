import { ApiFailure, type Client } from '@arras/client';
import { findJobLog } from '@arras/contract';
import { cleanText } from './clean-text.ts';
import { readAllPages } from './remote/all-pages.ts';

/** More than this is not read for the last lines: a program can write one endless line. */
const TAIL_BYTES = 16_384;

/**
 * The last lines that a job wrote to its standard error, fit for a terminal; null where there are none, also when its
 * system cannot be reached: who looks at a job wants the rest all the same.
 */
export async function readErrorTail(client: Client, id: string, lines: number): Promise<string | null> {
  try {
    const entries = await readAllPages((page) => client.jobs.outputs.list(id, '', page));
    const log = findJobLog(entries, id, 'err');
    if (log === undefined || log.length === 0) return null;
    const start = Math.max(0, log.length - TAIL_BYTES);
    const { stream } = await client.jobs.outputs.download(id, log.name, { range: `bytes=${start}-` });
    return lastLines(await new Response(stream).text(), lines);
  } catch (error) {
    if (error instanceof ApiFailure) return null;
    throw error;
  }
}

/** The last lines of a text. */
export function lastLines(text: string, lines: number): string {
  const all = text.replace(/\n$/, '').split('\n');
  return all
    .slice(-lines)
    .map((line) => `${cleanText(line)}\n`)
    .join('');
}
