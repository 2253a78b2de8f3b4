import { ApiFailure } from '@arras/client';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { resolveJobId } from '../job-id.ts';
import { keepTrying } from '../keep-trying.ts';
import { BrokenOff, mayComeAgain } from '../logs/broken-off.ts';
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
  readonly fromByte?: number;
  readonly grep?: string;
  readonly patience?: string;
}

/** Where output cannot be followed while the program runs, it is looked at after this time, and later and later. */
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 5_000;
/** While it does not run, the job's next event is what matters. */
const IDLE_DELAY_MS = 30_000;

const LONGEST_PATTERN = 1_000;

const LABELS = { out: 'standard output', err: 'standard error' } as const satisfies Record<LogKind, string>;

/** Prints what the program has written so far; with --follow goes on until the job has ended. */
export async function showLogs(
  { session, client, lookup, options }: Invocation<LogOptions>,
  typed: string,
): Promise<ExitCode> {
  const patienceMs = parseTime('--patience', options.patience);
  const pattern = parsePattern(options.grep);
  const kinds = (['out', 'err'] as const).filter(
    (kind) => (kind === 'out' ? options.stderr : options.stdout) !== true,
  );
  const onSwitch = (kind: LogKind) =>
    kinds.length > 1 ? session.say(`==> ${LABELS[kind]} <==\n`) : undefined;
  const start = { lines: options.lines ?? null, fromByte: options.fromByte ?? null };
  const api = client();
  const id = await resolveJobId(lookup(), typed);
  return untilLeft(session, { resume: () => `jobs logs -f ${id}` }, async (signal) => {
    const notices = new Notices(session);
    const files = new LogFiles(api, id);
    const tails = kinds.map((kind) => new LogTail(files, kind, { ...start, signal }));
    const line = new Line();
    const clock = await JobClock.start(api, id, {
      follow: options.follow === true,
      patienceMs,
      signal,
      onConnection: (news) => {
        notices.connection(news);
        if (news.kind === 'lost') line.drop();
      },
    });
    const printing = { clock, line, printer: new LogPrinter({ pattern, onSwitch }), patienceMs, signal };
    if (!clock.isOver) await Promise.all(tails.map((tail) => followToTheEnd(tail, printing)));
    for (const tail of tails) await readOn(printing, () => tail.advance(printing.printer));
    await printing.printer.end();
    if (options.follow === true || tails.some(({ isFound }) => isFound)) return EXIT.ok;
    throw noLogs(id, clock.status, session.program);
  });
}

/** What is followed hangs on the same line as the status: when that is lost, the other may only seem to be there. */
class Line {
  #connection = new AbortController();

  get signal(): AbortSignal {
    return this.#connection.signal;
  }

  drop(): void {
    this.#connection.abort(new BrokenOff(new Error('the service does not answer')));
    this.#connection = new AbortController();
  }
}

interface Printing {
  readonly clock: JobClock;
  readonly line: Line;
  readonly printer: LogPrinter;
  readonly patienceMs: number | undefined;
  readonly signal: AbortSignal;
}

/** Prints until the clock is over; what was written up to then is there to be read. */
async function followToTheEnd(tail: LogTail, printing: Printing): Promise<void> {
  const { clock, line, printer, signal } = printing;
  let delayMs = FIRST_DELAY_MS;
  while (!clock.isOver) {
    const { news } = clock;
    const printed = await readOn(printing, () =>
      followOrRead(tail, printer, AbortSignal.any([signal, line.signal])),
    );
    delayMs = printed > 0 ? FIRST_DELAY_MS : Math.min(delayMs * 2, LONGEST_DELAY_MS);
    await clock.next(news, clock.status === 'RUNNING' ? delayMs : IDLE_DELAY_MS);
    signal.throwIfAborted();
  }
}

/** Where there are too many streams, what is there is read from time to time. */
async function followOrRead(tail: LogTail, printer: LogPrinter, signal: AbortSignal): Promise<number> {
  try {
    return await tail.follow(printer, signal);
  } catch (error) {
    if (error instanceof ApiFailure && error.code === 'stream.too-many') return tail.advance(printer);
    throw error;
  }
}

function readOn({ signal, patienceMs }: Printing, read: () => Promise<number>): Promise<number> {
  return keepTrying(read, { signal, patienceMs, canPass: mayComeAgain });
}

/** The expression of --grep. @throws Refusal for one that cannot be understood. */
function parsePattern(text: string | undefined): RegExp | null {
  if (text === undefined) return null;
  const refuse = (why: string) =>
    new Refusal({ what: `"${text.slice(0, 100)}" is no pattern.`, why, todo: 'Write --grep "loss [0-9]+".' });
  if (text.length > LONGEST_PATTERN) throw refuse(`It is longer than ${LONGEST_PATTERN} characters.`);
  try {
    return new RegExp(text, 'u');
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
}

function noLogs(id: string, status: string, program: string): Refusal {
  return new Refusal({
    what: `${id} has written nothing yet.`,
    why: `It is ${status}; its program writes when it runs.`,
    todo: `${program} jobs logs -f ${id}`,
    exitCode: EXIT.notFound,
  });
}
