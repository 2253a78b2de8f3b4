import { inTransaction } from '../database/connection.ts';
import { claimMessage } from '../database/job-messages.ts';
import type { JobRow } from '../database/tables.ts';
import { recordJobEvent } from '../events/record.ts';
import { type EngineContext, SERVICE } from './context.ts';
import type { ProgramEvent } from './program-event.ts';

/** What became of a message: `known`: it was taken in before; `raced`: the job changed meanwhile, look again. */
export type Heard = 'taken-in' | 'known' | 'raced';

/** A message of the job's current try whose signature has been verified. */
export interface HeardMessage {
  /** The job as it was when the message was found to be its own. */
  readonly job: JobRow;
  readonly number: string;
  /** null: it only says that the program begins. */
  readonly event: ProgramEvent | null;
}

/**
 * Takes in what a try says of itself, once, whichever ways it came. Only what runs inside the try has its key, so
 * whatever it says, it has begun: a job that is QUEUED is RUNNING with its first word. Nothing else follows from words;
 * an end is proven by its exit marker (P6).
 */
export async function hearMessage(
  context: EngineContext,
  { job, number, event }: HeardMessage,
): Promise<Heard> {
  try {
    return await inTransaction(context.db, async (tx) => {
      const message = { jobId: job.id, tryNumber: job.try_number, number };
      if (!(await claimMessage(tx, message))) return 'known';
      const running = job.status === 'QUEUED' ? await startedJob(context, job, tx) : job;
      if (event !== null)
        await recordJobEvent(tx, context.newId, { job: running, ...event, by: running.owner });
      return 'taken-in';
    });
  } catch (error) {
    if (error instanceof Raced) return 'raced';
    throw error;
  }
}

/** Undoes the claim on the message. */
class Raced extends Error {
  override readonly name = 'Raced';
}

async function startedJob(context: EngineContext, job: JobRow, tx: EngineContext['db']): Promise<JobRow> {
  const moves = [{ to: 'RUNNING' }] as const;
  const moved = await context.transition({ job, moves, by: SERVICE, lease: 'keep', tx });
  if (moved === null) throw new Raced(`job ${job.id} changed meanwhile`);
  return moved;
}
