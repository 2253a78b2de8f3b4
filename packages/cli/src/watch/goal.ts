import { END_STATUSES, hasEnded } from '@arras/client';
import { JOB_STATUSES, type JobStatus, suggestion } from '@arras/contract';
import { exitCodeOfStatus, worstExitCode } from '../exit-code-of.ts';
import type { ExitCode } from '../exit-codes.ts';
import { Refusal } from '../refusal.ts';

/** When to stop looking at jobs. */
export interface GoalOptions {
  /** A job is done with once it has been in one of these. Null: only once it has ended, which is always enough. */
  readonly until: ReadonlySet<JobStatus> | null;
  /** The first job that ends in another way than FINISHED ends it all. */
  readonly failFast: boolean;
}

/** What is waited for, how far it is, and what the process is to end with. */
export class Goal {
  readonly #options: GoalOptions;
  readonly #statuses: Map<string, JobStatus | null>;
  readonly #reached = new Set<string>();

  constructor(ids: readonly string[], options: GoalOptions) {
    this.#options = options;
    this.#statuses = new Map(ids.map((id) => [id, null]));
  }

  /** Notes a status that a job is seen in, in the order in which it had them. */
  see(id: string, status: JobStatus): void {
    this.#statuses.set(id, status);
    if (this.#options.until?.has(status) === true) this.#reached.add(id);
  }

  /** True when there is nothing more to wait for although jobs go on. */
  get isReachedEarly(): boolean {
    const statuses = [...this.#statuses];
    if (statuses.every(([, status]) => isEnd(status))) return false;
    const hasFailed = statuses.some(([, status]) => isEnd(status) && status !== 'FINISHED');
    if (this.#options.failFast && hasFailed) return true;
    return statuses.every(([id, status]) => this.#reached.has(id) || isEnd(status));
  }

  /** The jobs that have not ended, as far as is known. */
  get unended(): readonly string[] {
    return [...this.#statuses].filter(([, status]) => !isEnd(status)).map(([id]) => id);
  }

  /** The last known status of each job that was seen. */
  get statuses(): ReadonlyMap<string, JobStatus> {
    return new Map([...this.#statuses].flatMap(([id, status]) => (status === null ? [] : [[id, status]])));
  }

  /** The code of the worst result; a job that goes on has none. */
  get exitCode(): ExitCode {
    return worstExitCode([...this.statuses.values()].filter(hasEnded).map(exitCodeOfStatus));
  }
}

function isEnd(status: JobStatus | null): boolean {
  return status !== null && hasEnded(status);
}

/**
 * Reads `running,archiving` or `ended`.
 *
 * @throws Refusal for a word that is no status.
 */
export function parseUntil(text: string | undefined): GoalOptions['until'] {
  if (text === undefined) return null;
  return new Set(text.split(',').flatMap((word) => readStatus(word.trim())));
}

function readStatus(word: string): readonly JobStatus[] {
  if (word.toLowerCase() === 'ended') return END_STATUSES;
  const status = JOB_STATUSES.find((known) => known === word.toUpperCase());
  if (status !== undefined) return [status];
  throw new Refusal({
    what: `"${word}" is no status of a job${suggestion(word.toUpperCase(), JOB_STATUSES)}`,
    why: `They are ${JOB_STATUSES.join(', ')}, and ended for each of the last.`,
    todo: 'Write --until running, or --until staged,queued.',
  });
}
