import { jobIdSchema } from '@arras/contract';
import { isMessageKnown } from '../database/job-messages.ts';
import { findJob } from '../database/jobs.ts';
import type { JobRow } from '../database/tables.ts';
import { CALLBACK_LIMIT } from '../domain/callback-limit.ts';
import {
  type JobMessage,
  parseMessageFile,
  sentAtMs,
  signedBytes,
  tagOfMessage,
} from '../domain/job-message.ts';
import { lifecycleOf } from '../domain/lifecycle.ts';
import type { InboxFile } from '../execution/shell.ts';
import type { EngineContext } from './context.ts';
import { hearMessage } from './hear-message.ts';
import { MessageAllowance } from './message-allowance.ts';
import { HEARTBEAT, type ProgramEvent, parseProgramEvent } from './program-event.ts';

/** Messages that are worked on at a time, in this process; those of one try one after the other. */
const LANES = 4;
/** Milliseconds for which later messages of a try wait behind one that was put off. */
const HELD_MS = 5_000;
/** Times that a job is read again which changes whenever it is looked at. */
const ATTEMPTS = 3;
/** Milliseconds after which it is told again that messages of a try are dropped. */
const TELL_AGAIN_MS = 600_000;
/** Tries that are remembered for that. */
const TOLD = 1_000;

type Word = 'taken' | 'later';

/**
 * Takes in what tries say by way of the spool. Whoever can write there can say anything: what is not signed by the
 * current try of a job of that system is deleted and told to the log, without its content.
 */
export class JobMessages {
  readonly #context: EngineContext;
  readonly #allowance = new MessageAllowance(CALLBACK_LIMIT);
  readonly #lanes: Promise<unknown>[] = Array.from({ length: LANES }, () => Promise.resolve());
  /** By tag: the number of a message that was put off, and until when others wait behind it. */
  readonly #held = new Map<string, { readonly number: string; readonly until: number }>();
  readonly #told = new Map<string, number>();

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /** See `Inbox.take`. */
  take(systemId: string, file: InboxFile): Promise<Word> {
    const lane = laneOf(tagOfMessage(file.name));
    const turn = (this.#lanes[lane] ?? Promise.resolve()).then(() => this.#takeTurn(systemId, file));
    this.#lanes[lane] = turn;
    return turn;
  }

  async #takeTurn(systemId: string, file: InboxFile): Promise<Word> {
    try {
      const message = parseMessageFile(file.name, file.content);
      if (message === null) return this.#drop(systemId, file, 'malformed');
      const { tag, signature } = message;
      if (!this.#context.messageKeys.isSignedBy(tag, signedBytes(message), signature))
        return this.#drop(systemId, file, 'badly signed');
      return this.#isHeld(message) ? 'later' : await this.#judge(systemId, file, message);
    } catch (error) {
      if (isRefused(error)) return this.#drop(systemId, file, 'not to be stored');
      // The database may be away: the message stays where it is.
      this.#context.log.warn({ systemId, err: error }, 'message.untaken');
      return 'later';
    }
  }

  async #judge(systemId: string, file: InboxFile, message: JobMessage): Promise<Word> {
    const event = eventOf(message);
    if (event === undefined) return this.#drop(systemId, file, 'no event');
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const job = await this.#findJob(message);
      if (job === null || job.execution_system !== systemId) return this.#drop(systemId, file, 'foreign');
      if (job.try_number !== message.tryNumber) return this.#drop(systemId, file, 'of an earlier try');
      if (!job.visible || !lifecycleOf(job.status).onTarget)
        return await this.#leaveOut(systemId, file, job, message);
      // The answer to its submission is still out: its place in the history is behind QUEUED.
      if (job.status === 'SUBMITTING' || job.status === 'STAGING_JOB') return this.#hold(message);
      if (!this.#allowance.admits({ ...message, sentMs: livedAtMs(message, job, this.#context.now()) }))
        return this.#drop(systemId, file, 'too many');
      const heard = await hearMessage(this.#context, { job, number: message.number, event });
      if (heard !== 'raced') {
        this.#held.delete(message.tag);
        return 'taken';
      }
    }
    return this.#hold(message);
  }

  /** Of an ended job: its last words were taken in before the verdict. */
  async #leaveOut(systemId: string, file: InboxFile, job: JobRow, message: JobMessage): Promise<Word> {
    const known = await isMessageKnown(this.#context.db, { ...message, jobId: job.id });
    return known ? 'taken' : this.#drop(systemId, file, 'too late');
  }

  async #findJob({ jobId }: JobMessage): Promise<JobRow | null> {
    const id = jobIdSchema.safeParse(jobId);
    return id.success ? findJob(this.#context.db, id.data) : null;
  }

  #hold({ tag, number }: JobMessage): Word {
    this.#held.set(tag, { number, until: performance.now() + HELD_MS });
    return 'later';
  }

  /** One that was put off may be gone for good, so others wait for a while only. */
  #isHeld({ tag, number }: JobMessage): boolean {
    const held = this.#held.get(tag);
    if (held === undefined || number <= held.number) return false;
    if (performance.now() < held.until) return true;
    this.#held.delete(tag);
    return false;
  }

  /** Told once in a while: a flood must not become one of log lines. */
  #drop(systemId: string, { name }: InboxFile, reason: string): Word {
    const tag = tagOfMessage(name);
    if (name === `${tag}.${this.#held.get(tag)?.number}`) this.#held.delete(tag);
    const key = `${tag} ${reason}`;
    const now = performance.now();
    if ((this.#told.get(key) ?? Number.NEGATIVE_INFINITY) < now - TELL_AGAIN_MS) {
      if (this.#told.size >= TOLD) this.#told.clear();
      this.#told.set(key, now);
      this.#context.log.warn({ systemId, tag, reason }, 'message.dropped');
    }
    return 'taken';
  }
}

/** The database says that this data can never be stored: coming again would not help (SQLSTATE classes 22 and 54). */
function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(?:22|54)[0-9A-Z]{3}$/.test(String(error.code));
}

/** undefined for an event that cannot be recorded. */
function eventOf({ kind, data }: JobMessage): ProgramEvent | null | undefined {
  if (kind === 'EVENT') return parseProgramEvent(data) ?? undefined;
  return kind === 'HEARTBEAT' ? HEARTBEAT : null;
}

/** Clocks of nodes may be wrong and programs may lie: no message is older than its job or newer than now. */
function livedAtMs(message: JobMessage, job: JobRow, now: Date): number {
  return Math.min(now.getTime(), Math.max(job.created_at.getTime(), sentAtMs(message)));
}

function laneOf(tag: string): number {
  let sum = 0;
  for (let index = 0; index < tag.length; index += 1) sum = (sum * 31 + tag.charCodeAt(index)) % 65_521;
  return sum % LANES;
}
