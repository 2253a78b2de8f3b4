import {
  type AccountRow,
  type BatchAnswer,
  type Facts,
  parseBatchAnswer,
  type QueueRow,
} from './batch-answer.ts';
import { judge } from './batch-verdict.ts';
import {
  type Launch,
  type Observation,
  type Scheduler,
  type SubmitOutcome,
  type Tracked,
  UnreadableAnswer,
} from './scheduler.ts';
import { renderTries } from './try-list.ts';
import { wrapperArguments } from './wrapper-script.ts';

/** What is special about one batch system: facts, fixed texts, and pure parsers of what its programs print. */
export interface BatchDialect {
  readonly name: string;
  /** Prints what answers, or fails: see `Scheduler.probe`. */
  readonly probe: string;
  readonly directives: (launch: Launch) => readonly string[];
  /** Texts made by `batch-scripts.ts`. */
  readonly scripts: {
    readonly submit: string;
    readonly poll: string;
    readonly cancel: string;
    readonly suspend: string | null;
  };
  /** What one submission said; line breaks are tabs. */
  readonly parseSubmitted: (answer: { readonly exitCode: number; readonly words: string }) => SubmitOutcome;
  /** The jobs that carry the tag of a try, by tag. Throws {@link UnreadableAnswer} for what is no answer. */
  readonly parseQueue: (
    lines: readonly string[],
    tracked: readonly Tracked[],
  ) => ReadonlyMap<string, readonly QueueRow[]>;
  readonly parseAccounting: (lines: readonly string[], nonce: string) => readonly AccountRow[];
  /** Whether the words of a failed accounting query say that the system keeps none. */
  readonly hasNoAccounting: (words: string) => boolean;
}

/** Makes the scheduler of a batch system. */
export function createBatchScheduler(dialect: BatchDialect): Scheduler {
  const { scripts } = dialect;
  const act = (script: string, { tag, localId }: Tracked, action: string) => ({
    script,
    args: [tag, localId ?? '-', action],
  });
  const { suspend } = scripts;
  return {
    name: dialect.name,
    newSession: false,
    probe: { script: dialect.probe },
    directives: dialect.directives,
    submit: (launches) => ({ script: scripts.submit, args: launches.flatMap(wrapperArguments) }),
    parseSubmit: ({ stdout }) => parseSubmit(dialect, stdout),
    poll: (tracked, nonce) => ({ script: scripts.poll, args: [nonce], stdin: renderTries(tracked) }),
    parsePoll: (stdout, nonce, tracked) => parsePoll(dialect, stdout, nonce, tracked),
    cancel: (tracked, force) => act(scripts.cancel, tracked, force ? 'force' : 'stop'),
    suspend: suspend === null ? null : (tracked, action) => act(suspend, tracked, action),
  };
}

// arras-answer tj-0123-007-1 0 4711
const ANSWER_SHAPE = /^arras-answer (\S+) ([0-9]+) (.*)$/;
// arras-refused tj-0123-007-1 the work directory is gone
const REFUSED_SHAPE = /^arras-refused (\S+) (.+)$/;

function parseSubmit(dialect: BatchDialect, stdout: string): ReadonlyMap<string, SubmitOutcome> {
  const outcomes = new Map<string, SubmitOutcome>();
  for (const line of stdout.split('\n')) {
    const [, tag, exitCode, words] = ANSWER_SHAPE.exec(line) ?? [];
    if (tag !== undefined && words !== undefined) {
      outcomes.set(tag, dialect.parseSubmitted({ exitCode: Number(exitCode), words }));
    }
    const [, refused, reason] = REFUSED_SHAPE.exec(line) ?? [];
    if (refused !== undefined && reason !== undefined) outcomes.set(refused, { kind: 'refused', reason });
  }
  return outcomes;
}

const NOTHING_ON_RECORD: Facts = { exit: null, claim: 'none', jobId: null };

function parsePoll(
  dialect: BatchDialect,
  stdout: string,
  nonce: string,
  tracked: readonly Tracked[],
): ReadonlyMap<string, Observation> {
  const answer = parseBatchAnswer(stdout, nonce, tracked);
  const queueAnswered = answer.queue.exitCode === 0;
  const rows = queueAnswered
    ? dialect.parseQueue(answer.queue.lines, tracked)
    : new Map<string, QueueRow[]>();
  const accounts = accountsByTag(dialect, answer, nonce);
  const accountingAnswered = accounts !== null;
  const observations = new Map<string, Observation>();
  for (const { tag, localId } of tracked) {
    const observation = judge({
      facts: answer.facts.get(tag) ?? NOTHING_ON_RECORD,
      localId,
      rows: rows.get(tag) ?? [],
      accounts: accounts?.get(tag) ?? [],
      queueAnswered,
      accountingAnswered,
    });
    if (observation) observations.set(tag, observation);
  }
  if (observations.size === 0 && tracked.length > 0) throw new UnreadableAnswer(whyNothing(answer));
  return observations;
}

/** null when the accounting did not answer. */
function accountsByTag(
  dialect: BatchDialect,
  { accounting }: BatchAnswer,
  nonce: string,
): ReadonlyMap<string, readonly AccountRow[]> | null {
  if (accounting === null) return new Map();
  if (accounting.exitCode !== 0) return dialect.hasNoAccounting(accounting.words) ? new Map() : null;
  return Map.groupBy(dialect.parseAccounting(accounting.lines, nonce), (row) => row.tag);
}

function whyNothing({ queue, accounting }: BatchAnswer): string {
  const words = queue.exitCode === 0 ? accounting?.words : queue.words;
  return `the scheduler does not answer: ${words || 'no reason given'}`;
}
