import type { JobRow } from '../database/tables.ts';
import type { Move, TransitionRequest } from '../events/transition.ts';
import { type EngineContext, SERVICE } from './context.ts';
import { type Lease, LeaseLost } from './lease-keeper.ts';

/** What a piece of work asks for; made when its turn comes, from the job as it then is. */
export type NextMove = (job: JobRow) => Omit<TransitionRequest, 'job' | 'by'>;

/**
 * Moves a job that several pieces of work of one task move side by side, such as the transfers of its inputs: one move
 * after the other, each from where the last one left the job.
 */
export class JobMoves {
  readonly #context: EngineContext;
  #job: JobRow;
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: EngineContext, lease: Pick<Lease, 'job'>) {
    this.#context = context;
    this.#job = lease.job;
  }

  /** The job after the last move. */
  get job(): JobRow {
    return this.#job;
  }

  /** Rejects with LeaseLost when somebody else moved the job: then the work is not wanted any more. */
  move(ask: NextMove): Promise<JobRow> {
    const moved = this.#last.then(() => this.#move(ask));
    this.#last = moved.catch(() => undefined);
    return moved;
  }

  async #move(ask: NextMove): Promise<JobRow> {
    const moved = await this.#context.transition({ ...ask(this.#job), job: this.#job, by: SERVICE });
    if (!moved) throw new LeaseLost(`job ${this.#job.id} was moved by somebody else`);
    this.#job = moved;
    return moved;
  }
}

/** A chain that tells some things and then moves. */
export function tellThen(told: readonly Move[], ...moves: readonly [Move, ...Move[]]): [Move, ...Move[]] {
  const [first = moves[0], ...more] = [...told, ...moves];
  return [first, ...more];
}
