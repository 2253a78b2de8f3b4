import type { EndCause } from '../domain/end-cause.ts';
import { type Tracked, UnreadableAnswer, type Usage } from './scheduler.ts';

/** What a state of a batch system means for a try; null for a word that nobody knows. */
export type Phase =
  | { readonly is: 'queued' }
  | { readonly is: 'running' }
  | { readonly is: 'paused' }
  /** All its processes are gone. `succeeded`: the scheduler saw exit code 0. */
  | { readonly is: 'ended'; readonly succeeded?: true; readonly cause?: EndCause };

/** A job with the tag of a try, as the scheduler's queue shows it. */
export interface QueueRow {
  readonly localId: string;
  readonly phase: Phase | null;
  /** Of the submitted script; null where the scheduler does not say or a signal ended it. */
  readonly exitCode: number | null;
  /** The signal that ended the submitted script, where the scheduler says so. */
  readonly signal?: number;
  /** Whether the scheduler has put it back into the queue after a start. */
  readonly restarted: boolean;
  /** The scheduler's word for why it waits. */
  readonly reason: string | null;
  readonly estimatedStart: Date | null;
  /** What the scheduler's word for the reason says about its end. */
  readonly endReason: EndCause | null;
}

/** A job with the tag of a try, as the scheduler's accounting shows it. */
export interface AccountRow {
  readonly localId: string;
  readonly tag: string;
  readonly phase: Phase | null;
  readonly exitCode: number | null;
  /** As of {@link QueueRow}. */
  readonly signal?: number;
  /** What it might use on one node; absent where that is not known. */
  readonly memoryLimitBytes?: number;
  readonly usage: Usage;
}

/** What is on record of a try: see `try-record.ts`. */
export interface Facts {
  readonly exit: number | 'settled' | null;
  readonly claim: 'none' | 'service' | 'wrapper';
  /** The batch system's id of the job that holds the claim, where that is known. */
  readonly jobId: string | null;
}

/** Lines of a part of the answer, and how asking for it went. */
export interface Section {
  readonly lines: readonly string[];
  readonly exitCode: number;
  /** What was said when it failed. */
  readonly words: string;
}

/** The answer to one poll, taken apart. */
export interface BatchAnswer {
  readonly queue: Section;
  /** By tag. A try that is missing has nothing on record. */
  readonly facts: ReadonlyMap<string, Facts>;
  /** null when nothing had to be asked of it. */
  readonly accounting: Section | null;
}

/** Takes the answer of `renderPoll` apart. Throws {@link UnreadableAnswer} when it is not whole. */
export function parseBatchAnswer(stdout: string, nonce: string, tracked: readonly Tracked[]): BatchAnswer {
  const lines = stdout.split('\n');
  const begin = lines.indexOf(`begin ${nonce}`);
  const end = lines.indexOf(`end ${nonce}`, begin + 1);
  if (begin < 0 || end < 0)
    throw new UnreadableAnswer('expected an answer between two nonce lines, got none');
  const [queue, rest] = cutSection(lines.slice(begin + 1, end), 'queue', nonce);
  const [tries, last] = cutSection(rest, 'tries', nonce);
  return {
    queue,
    facts: new Map(tries.lines.map((line) => parseFacts(line, tracked))),
    accounting: last.length === 0 ? null : cutSection(last, 'accounting', nonce)[0],
  };
}

/** The lines up to the one that closes the section, and those after it. */
function cutSection(
  lines: readonly string[],
  name: string,
  nonce: string,
): readonly [Section, readonly string[]] {
  const start = `${name} ${nonce} `;
  const index = lines.findIndex((line) => line.startsWith(start));
  // queue 0f3a… 1 squeue: error: Unable to contact slurm controller
  const [, code, words] = /^([0-9]+) ?(.*)$/.exec(lines[index]?.slice(start.length) ?? '') ?? [];
  if (code === undefined) throw new UnreadableAnswer(`expected the part ${name} of an answer, got none`);
  const section = { lines: lines.slice(0, index), exitCode: Number(code), words: words ?? '' };
  return [section, lines.slice(index + 1)];
}

// try 17 - wrapper run 4711
const FACTS_SHAPE = /^try ([0-9]+) (-|settled|[0-9]{1,3}) (none|service|wrapper) (?:-|run) (-|\S+)$/;

function parseFacts(line: string, tracked: readonly Tracked[]): readonly [string, Facts] {
  const [, number, exit, claim, job] = FACTS_SHAPE.exec(line) ?? [];
  const tag = tracked[Number(number)]?.tag;
  if (tag === undefined || exit === undefined || claim === undefined) {
    throw new UnreadableAnswer(`expected the facts of a try, got ${JSON.stringify(line.slice(0, 200))}`);
  }
  return [
    tag,
    {
      exit: exit === '-' ? null : exit === 'settled' ? 'settled' : Number(exit),
      claim: claim as Facts['claim'],
      jobId: job === undefined || job === '-' ? null : job,
    },
  ];
}
