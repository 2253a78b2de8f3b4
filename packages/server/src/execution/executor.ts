import { randomBytes, randomUUID } from 'node:crypto';
import { isMessageName, MESSAGE_FILE_BYTES, tagOfMessage } from '../domain/job-message.ts';
import { createInstaller, type Preparation, type Prepared } from './installer.ts';
import { createLauncher } from './launcher.ts';
import {
  type Launch,
  type Observation,
  REFUSED_EXIT_CODE,
  type Scheduler,
  type SubmitOutcome,
  type Tracked,
  UnreadableAnswer,
} from './scheduler.ts';
import {
  type Inbox,
  type InboxFile,
  type Shell,
  type ShellCommand,
  type ShellResult,
  ShellUnreachable,
} from './shell.ts';
import { ACKNOWLEDGE, FENCE, FORGET_PAST } from './spool-scripts.ts';
import { isTag, parseEnd, RECORD_LIMIT_BYTES } from './try-record.ts';

/** Milliseconds for one command. Longer than any healthy answer of a busy host; a late one is asked for again. */
const COMMAND_TIMEOUT_MS = 30_000;

/**
 * Tries asked about in one command, so that a system's queue is asked once for all of them; their facts take at most
 * about 100 bytes each, and an answer may have 1 MiB.
 */
const TRIES_A_POLL = 10_000;

/** An exit marker found in a spool. */
export interface EndedTry {
  readonly tag: string;
  readonly exitCode: number;
  /** Messages of it lay in the spool when it ended. */
  readonly said?: true;
}

/**
 * Whether a request to the target was carried out. `refused` means that the scheduler does not let this account do
 * it, in its words; `unknown`: ask again until a poll proves the effect.
 */
export type Asked =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Starts, watches and ends tries on one target. Everything may be called again after an unknown outcome:
 * claims and records on the target make repetition harmless. Methods that return no outcome reject with
 * {@link ShellUnreachable} or {@link UnreadableAnswer} when the target could not be asked.
 */
export interface Executor {
  /** As `Shell.remote`: {@link prepare} copies the app's files when they lie on the host. */
  readonly remote: boolean;
  /** Makes a directory, mode 0700, and those above it. `check` as in {@link prepare}. */
  createWorkDirectory(path: string, check?: () => void): Promise<void>;
  /**
   * Puts wrapper, values, program and list of files into the work directory, which it makes, durably, before anything is
   * launched. Several go together in one command, in whose last moment `check` is called: what it throws, this rejects
   * with. Rejects with `PreparationFailed` when the host says why not, and with `JobFault` for custom directives that
   * cannot be used.
   */
  prepare(launch: Launch, preparation: Preparation, check: () => void): Promise<Prepared>;
  /** Launches that are asked for while another command is under way go together in the next one. */
  submit(launch: Launch): Promise<SubmitOutcome>;
  /** What became of a try whose submission has no known outcome, or that another process submitted. */
  reconcile(tracked: Tracked): Promise<Observation>;
  /** The service races for the claim: `fenced` means that this try can never start. */
  fence(tracked: Tracked): Promise<'fenced' | 'started'>;
  /** One command for up to 10,000 tries. The observations by tag; one of which nothing is known is missing. */
  observe(tracked: readonly Tracked[]): Promise<ReadonlyMap<string, Observation>>;
  /** Tries in the spool that have ended and were not acknowledged. */
  ended(spoolDirectory: string): Promise<readonly EndedTry[]>;
  /** The messages of these tries that lie in the spool, in their order; they stay there. */
  messages(spoolDirectory: string, tags: readonly string[]): Promise<readonly InboxFile[]>;
  /** Files the records of settled tries (ended, lost or fenced) as past, after their verdict is stored. */
  acknowledge(spoolDirectory: string, tags: readonly string[]): Promise<void>;
  /** Deletes records of tries settled 90 days ago or earlier. */
  forgetPast(spoolDirectory: string): Promise<void>;
  cancel(tracked: Tracked, force: boolean): Promise<Asked>;
  /** null where the scheduler cannot suspend. */
  readonly suspend: ((tracked: Tracked, action: 'pause' | 'resume') => Promise<Asked>) | null;
  /** Hints at tries that have ended, and hands over what tries say; resolves when the signal aborts. */
  watchEnded(
    spoolDirectory: string,
    onTag: (tag: string) => void,
    signal: AbortSignal,
    /** Gets files with names of messages. Default: they stay. */
    takeMessage?: Inbox['take'],
  ): Promise<void>;
}

/** Joins a scheduler, which knows, with a shell, which acts. */
export function createExecutor(parts: { readonly shell: Shell; readonly scheduler: Scheduler }): Executor {
  const { shell, scheduler } = parts;
  const suspend = scheduler.suspend;
  const installer = createInstaller(shell, scheduler);
  const launcher = createLauncher((launches) => submitAll(shell, scheduler, launches));
  const observe = (tracked: readonly Tracked[]) => observeAll(shell, scheduler, tracked);
  return {
    remote: shell.remote,
    createWorkDirectory: installer.createWorkDirectory,
    prepare: installer.prepare,
    submit: (launch) => launcher.submit(launch),
    observe,
    reconcile: async (tracked) => pick(await observe([tracked]), tracked.tag),
    fence: (tracked) => fence(shell, tracked),
    ended: (spool) => listEnded(shell, spool),
    messages: (spool, tags) => readMessages(shell, spool, tags),
    acknowledge: (spool, tags) => acknowledge(shell, spool, tags),
    forgetPast: async (spool) => {
      await runOrThrow(shell, { script: FORGET_PAST, args: [spool] });
    },
    cancel: (tracked, force) => ask(shell, scheduler.cancel(tracked, force)),
    suspend: suspend === null ? null : (tracked, action) => ask(shell, suspend(tracked, action)),
    watchEnded: (spool, onTag, signal, take) =>
      shell.watch(
        `${spool}/ended`,
        (name) => (isTag(name) ? onTag(name) : undefined),
        signal,
        take && { directory: newsOf(spool), maxBytes: MESSAGE_FILE_BYTES, take },
      ),
  };
}

async function submitAll(
  shell: Shell,
  scheduler: Scheduler,
  launches: readonly Launch[],
): Promise<ReadonlyMap<string, SubmitOutcome>> {
  const result = await run(shell, scheduler.submit(launches));
  return scheduler.parseSubmit(result);
}

async function observeAll(
  shell: Shell,
  scheduler: Scheduler,
  tracked: readonly Tracked[],
): Promise<ReadonlyMap<string, Observation>> {
  const observations = new Map<string, Observation>();
  for (let from = 0; from < tracked.length; from += TRIES_A_POLL) {
    const asked = tracked.slice(from, from + TRIES_A_POLL);
    const nonce = freshNonce();
    const result = await runOrThrow(shell, scheduler.poll(asked, nonce));
    const answers = scheduler.parsePoll(result.stdout, nonce, asked);
    for (const [tag, observation] of answers) observations.set(tag, observation);
  }
  return observations;
}

function pick(observations: ReadonlyMap<string, Observation>, tag: string): Observation {
  const observation = observations.get(tag);
  if (observation === undefined) throw new UnreadableAnswer(`expected an answer about ${tag}, got none`);
  return observation;
}

async function fence(shell: Shell, tracked: Tracked): Promise<'fenced' | 'started'> {
  const args = [tracked.workDirectory, String(tracked.tryNumber), randomUUID()];
  const { stdout } = await runOrThrow(shell, { script: FENCE, args });
  const answer = /^(fenced|started)$/m.exec(stdout)?.[1];
  if (answer === 'fenced' || answer === 'started') return answer;
  throw new UnreadableAnswer('expected the holder of a claim, got none');
}

/** Most ended tries that one listing names; the rest comes next time. */
const LISTING_LIMIT = 5_000;

async function listEnded(shell: Shell, spoolDirectory: string): Promise<readonly EndedTry[]> {
  const files = await shell.readSmallFiles(`${spoolDirectory}/ended`, {
    accepts: isTag,
    maxBytes: RECORD_LIMIT_BYTES,
    limit: LISTING_LIMIT,
  });
  return files.flatMap(({ name, text }) => {
    const end = parseEnd(text);
    if (end === null) return [];
    const { exitCode, said } = end;
    return [{ tag: name, exitCode, ...(said && { said }) }];
  });
}

async function readMessages(
  shell: Shell,
  spoolDirectory: string,
  tags: readonly string[],
): Promise<readonly InboxFile[]> {
  if (tags.length === 0) return [];
  const wanted = new Set(tags.map(checkTag));
  const files = await shell.readSmallFiles(newsOf(spoolDirectory), {
    accepts: (name) => isMessageName(name) && wanted.has(tagOfMessage(name)),
    maxBytes: MESSAGE_FILE_BYTES,
    limit: LISTING_LIMIT,
  });
  return files
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, text }) => ({ name, content: Buffer.from(text, 'utf8') }));
}

function newsOf(spoolDirectory: string): string {
  return `${spoolDirectory}/news`;
}

/** Most records lie in `ended` and are only moved; those of lost and fenced tries need the script. */
async function acknowledge(shell: Shell, spoolDirectory: string, tags: readonly string[]): Promise<void> {
  const checked = tags.map(checkTag);
  if (checked.length === 0) return;
  const moved = new Set(await shell.moveFiles(`${spoolDirectory}/ended`, checked, `${spoolDirectory}/past`));
  const others = checked.filter((tag) => !moved.has(tag));
  if (others.length > 0) await runOrThrow(shell, { script: ACKNOWLEDGE, args: [spoolDirectory, ...others] });
}

async function ask(shell: Shell, command: ShellCommand): Promise<Asked> {
  try {
    const result = await run(shell, command);
    if (result.exitCode === REFUSED_EXIT_CODE) return { kind: 'refused', reason: result.stdout.trim() };
    requireSuccess(result);
    return { kind: 'done' };
  } catch (error) {
    if (error instanceof ShellUnreachable || error instanceof UnreadableAnswer) {
      return { kind: 'unknown', reason: error.message };
    }
    throw error;
  }
}

async function runOrThrow(shell: Shell, command: ShellCommand): Promise<ShellResult> {
  const result = await run(shell, command);
  requireSuccess(result);
  return result;
}

function requireSuccess(result: ShellResult): void {
  if (result.timedOut) throw new UnreadableAnswer('expected an answer in time, got none');
  if (result.exitCode !== 0) {
    const said = result.stderr.trim().slice(0, 200);
    throw new UnreadableAnswer(`expected exit code 0, got ${result.exitCode ?? 'none'}: ${said}`);
  }
  if (result.truncated) throw new UnreadableAnswer('expected a whole answer, got more than 1 MiB');
}

function run(shell: Shell, command: ShellCommand): Promise<ShellResult> {
  return shell.run(command, { timeoutMs: COMMAND_TIMEOUT_MS });
}

function checkTag(tag: string): string {
  if (!isTag(tag)) throw new TypeError(`expected a tag tj-<job id>-<try>, got ${JSON.stringify(tag)}`);
  return tag;
}

function freshNonce(): string {
  return randomBytes(16).toString('hex');
}
