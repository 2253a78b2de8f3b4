import { type JobStatus, type JobView } from '@arras/contract';
import { cleanText } from '../clean-text.ts';
import { renderDuration } from '../quantities.ts';
import type { Session } from '../session.ts';
import { isAccessible, type Terminal } from '../terminal.ts';

/** Whether the service answers, as the client tells it. */
export type ConnectionNews =
  | { readonly kind: 'lost'; readonly retryInMs: number }
  | { readonly kind: 'connected' };

/** Someone who reads line by line, or hears them, wants to know sooner that all is well. */
const HEARTBEAT_MS = { ordinary: 60_000, accessible: 30_000 } as const;

/** What a heartbeat is about: the jobs that are watched and have not ended, by id. */
export type Watched = () => ReadonlyMap<string, JobStatus>;

/**
 * Says on the standard error, line by line, how well is known what the standard output tells: that the connection is
 * lost and regained, that a system does not answer, and after a time without news that the watch goes on.
 */
export class Notices {
  readonly #session: Session;
  readonly #watched: Watched;
  readonly #periodMs: number;
  readonly #unreachable = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #newsAt = Date.now();
  #saidAt = Date.now();
  #lostAt: number | null = null;

  /** Without `watched` there are no heartbeats. */
  constructor(session: Session, watched?: Watched) {
    this.#session = session;
    this.#watched = watched ?? (() => new Map());
    this.#periodMs = HEARTBEAT_MS[isAccessible(session.env) ? 'accessible' : 'ordinary'];
    if (watched !== undefined) this.#schedule();
  }

  /** Something was told of the jobs: the next heartbeat is a period away. */
  news(): void {
    this.#newsAt = Date.now();
    this.#saidAt = this.#newsAt;
  }

  connection(news: ConnectionNews): void {
    const nowMs = Date.now();
    if (news.kind === 'lost') {
      if (this.#lostAt === null) this.#say(renderLost(this.#session.terminal, this.#agesAt(nowMs, news)));
      this.#lostAt ??= nowMs;
      return;
    }
    if (this.#lostAt !== null) this.#say(`connection regained after ${renderDuration(nowMs - this.#lostAt)}`);
    this.#lostAt = null;
    this.#newsAt = nowMs;
  }

  /** Says once when the system of a job stops answering, and once when it answers again. */
  freshness(job: Pick<JobView, 'id' | 'freshness' | 'executionSystem'>): void {
    const line = renderUnreachable(this.#session.terminal, job);
    const wasUnreachable = this.#unreachable.has(job.id);
    if (line !== null && !wasUnreachable) {
      this.#unreachable.add(job.id);
      this.#say(`${job.id}  ${line}`);
    }
    if (line === null && this.#unreachable.delete(job.id))
      this.#say(`${job.id}  ${cleanText(job.executionSystem)} answers again`);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #agesAt(nowMs: number, { retryInMs }: { readonly retryInMs: number }) {
    return { retryInMs, ageMs: nowMs - this.#newsAt };
  }

  #schedule(): void {
    const waitMs = Math.max(0, this.#saidAt + this.#periodMs - Date.now());
    this.#timer = setTimeout(() => this.#beat(), waitMs);
  }

  #beat(): void {
    if (Date.now() - this.#saidAt >= this.#periodMs) {
      const age = renderDuration(Date.now() - this.#newsAt);
      const link = this.#lostAt === null ? '' : ', and no connection';
      this.#say(`still watching ${renderWatched(this.#watched())}, last news ${age} ago${link}`);
    }
    this.#schedule();
  }

  #say(text: string): void {
    this.#saidAt = Date.now();
    this.#session.say(`${text}\n`);
  }
}

/** `⚠ lost connection, retrying in 4s (last update 12s ago)`. */
export function renderLost(
  terminal: Pick<Terminal, 'unicode'>,
  { retryInMs, ageMs }: { readonly retryInMs: number; readonly ageMs: number },
): string {
  const retry = `${Math.max(0, Math.ceil(retryInMs / 1_000))}s`;
  return `${warningSign(terminal)} lost connection, retrying in ${retry} (last update ${wholeSeconds(ageMs)} ago)`;
}

/** What is to be said where the status may be old because its system does not answer; null where it does. */
export function renderUnreachable(
  terminal: Pick<Terminal, 'unicode'>,
  { freshness, executionSystem }: Pick<JobView, 'freshness' | 'executionSystem'>,
): string | null {
  // An older service does not say.
  const known: JobView['freshness'] | undefined = freshness;
  if (known === undefined || known.reachable) return null;
  const why = cleanText(known.message ?? `known as of ${known.asOf}`);
  return `${warningSign(terminal)} ${cleanText(executionSystem)} does not answer: ${why}`;
}

/** `3m 10s`, and below ten seconds no tenths: what counts up must not flicker. */
export function wholeSeconds(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return seconds < 10 ? `${seconds}s` : renderDuration(seconds * 1_000);
}

function warningSign({ unicode }: Pick<Terminal, 'unicode'>): string {
  return unicode ? '⚠' : '!';
}

/** `0001…-007: RUNNING`, or `3 jobs: 1 QUEUED, 2 RUNNING`. */
function renderWatched(jobs: ReadonlyMap<string, JobStatus>): string {
  const [only, ...others] = jobs;
  if (only === undefined) return 'jobs';
  if (others.length === 0) return `${only[0]}: ${only[1]}`;
  const counts = new Map<JobStatus, number>();
  for (const status of jobs.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
  return `${jobs.size} jobs: ${[...counts].map(([status, count]) => `${count} ${status}`).join(', ')}`;
}
