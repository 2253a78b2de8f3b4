import type { JobRow } from '../database/tables.ts';
import type { JobTaskName } from '../domain/tasks.ts';
import type { EngineContext } from './context.ts';
import { waitForSystem } from './wait-for-system.ts';

/**
 * Whether the job waits because one of the systems has as many transfers of this process as it may have. It gives its
 * worker to others, says so in its history, and is called back when a place is free.
 */
export async function waitForSlot(
  context: EngineContext,
  job: JobRow,
  systems: readonly string[],
  task: JobTaskName,
): Promise<boolean> {
  const full = context.slots.findFull(systems);
  if (full === null) return false;
  const reason = `system ${full} has as many transfers as it may at a time (${context.slots.limit})`;
  await waitForSystem(context, job, reason);
  // After the job was given back, so that the bell finds it free.
  context.slots.park({ jobId: job.id, systems }, { task, subject: job.id });
  return true;
}
