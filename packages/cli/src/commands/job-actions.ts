import { hasEnded } from '@arras/client';
import { resolveJobId, resolveJobIds } from '../job-id.ts';
import { type OutputOptions, printResult } from '../print.ts';
import type { Invocation } from '../runner.ts';

/** Stops or kills a job. Says what is true now: the end may still have to be proven. */
export async function endJob(
  { session, client, options }: Invocation<OutputOptions>,
  typed: string,
  action: 'stop' | 'kill',
): Promise<void> {
  const api = client();
  const id = await resolveJobId(api, typed);
  const job = await api.jobs[action](id);
  await printResult(session, options, { result: job, human: () => `${job.status}\n` });
  if (hasEnded(job.status)) session.say(`${id} has ended: ${job.status}.\n`);
  else
    session.say(
      `Asked ${id} to ${action}; until that is proven it is ${job.status}. To see the end:\n  ${session.program} jobs watch ${id}\n`,
    );
}

/** Stops and hides jobs. */
export async function deleteJobs(
  { session, client }: Invocation<unknown>,
  typed: readonly string[],
): Promise<void> {
  const api = client();
  for (const id of await resolveJobIds(api, typed)) {
    await api.jobs.delete(id);
    session.say(`Deleted ${id}; its data and history remain on the systems.\n`);
  }
}
