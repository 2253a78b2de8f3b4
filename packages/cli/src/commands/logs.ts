import { pause } from '@arras/client';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { resolveJobId } from '../job-id.ts';
import { canPass } from '../logs/broken-off.ts';
import { JobClock } from '../logs/job-clock.ts';
import { LogFiles, type LogKind } from '../logs/log-files.ts';
import { LogPrinter } from '../logs/log-printer.ts';
import { LogTail } from '../logs/log-tail.ts';
import { Refusal } from '../refusal.ts';
import type { Invocation } from '../runner.ts';
import { Notices } from '../watch/notices.ts';
import { untilLeft } from '../watch/until-left.ts';
import { parseTime } from './watch.ts';

/** Options of the logs. */
export interface LogOptions {
  readonly follow?: boolean;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  readonly lines?: number;
  readonly grep?: string;
  readonly patience?: string;
}

/** While the program runs, its output is looked at after this time, and later and later while nothing comes. */
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 5_000;
/** While it does not run, the job's next event is what matters. */
const IDLE_DELAY_MS = 30_000;

const AGAIN_MS = 1_000;
const DEFAULT_PATIENCE_MS = 10 * 60_000;

const LABELS = { out: 'standard output', err: 'standard error' } as const satisfies Record<LogKind, string>;

/** Prints what the program has written so far; with --follow goes on until the job has ended. */
export async function showLogs(call: Invocation<LogOptions>, typed: string): Promise<ExitCode> {
  const { session, client, lookup, options } = call;
  const pattern = parsePattern(options.grep);
  const patienceMs = parseTime('--patience', options.patience);
  const api = client();
  const id = await resolveJobId(lookup(), typed);
  const resume = () => `jobs logs -f ${id}`;
  return untilLeft(session, { resume }, async (signal) => {
    const notices = new Notices(session);
    const onConnection = notices.connection.bind(notices);
    const kinds = (['out', 'err'] as const).filter((kind) => options[kind === 'out' ? 'stderr' : 'stdout'] !== true);
    const onSwitch = (kind: LogKind) => (kinds.length > 1 ? session.say(`==> ${LABELS[kind]} <==\n`) : undefined);
    const files = new LogFiles(api, id);
    const tails = kinds.map((kind) => new LogTail(files, kind, { lines: options.lines ?? null, signal }));
    const clock = await JobClock.start(api, id, { signal, patienceMs, onConnection });
    const printer = new LogPrinter({ pattern, onSwitch });
    await followTails(tails, { clock, printer, follow: options.follow === true, patienceMs, signal });
    await printer.end();
    if (options.follow !== true && !tails.some(({ isFound }) => isFound)) throw noLogs(id, clock.status, session.program);
    return EXIT.ok;
  });
}
