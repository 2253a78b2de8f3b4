import type { ExitCode } from '../exit-codes.ts';
import { resolveJobIds } from '../job-id.ts';
import { parseDurationMs } from '../quantities.ts';
import { Refusal } from '../refusal.ts';
import type { Invocation } from '../runner.ts';
import { watchOrDetach } from '../watch/watch-or-detach.ts';

/** Options of watching. */
export interface WatchFlags {
  readonly timeout?: string;
}

/** Watches jobs until they have ended. */
export async function watch(
  { session, client, lookup, options }: Invocation<WatchFlags>,
  typed: readonly string[],
): Promise<ExitCode> {
  const timeoutMs = parseTimeout(options.timeout);
  const ids = await resolveJobIds(lookup(), typed);
  return watchOrDetach(session, client(), ids, { timeoutMs });
}

/** The value of --timeout in milliseconds. */
export function parseTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeoutMs = parseDurationMs(text);
  if (timeoutMs !== null) return timeoutMs;
  throw new Refusal({
    what: `"${text}" is no time.`,
    why: 'Expected a number with a unit: s, m, h or d.',
    todo: 'Write --timeout 90s, or --timeout 2h.',
  });
}
