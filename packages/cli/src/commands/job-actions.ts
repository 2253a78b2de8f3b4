import { hasEnded } from '@arras/client';
import type { JobView } from '@arras/contract';
import { resolveJobIds } from '../job-id.ts';
import { type OutputOptions, printResult } from '../print.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';

/** Stops or kills jobs. Says what is true now: the end may still have to be proven. */
export async function endJobs(
  { session, client, lookup, options }: Invocation<OutputOptions>,
  typed: readonly string[],
  action: 'stop' | 'kill',
): Promise<void> {
  const ids = await resolveJobIds(lookup(), typed);
  const api = client();
  const jobs: JobView[] = [];
  for (const id of ids) {
    const job = await api.jobs[action](id);
    jobs.push(job);
    sayWhatIsTrue(session, job, action);
  }
  const human = () => jobs.map(({ status }) => `${status}\n`).join('');
  await printResult(session, options, { result: jobs.length === 1 ? jobs[0] : jobs, human });
}

function sayWhatIsTrue({ say, program }: Session, { id, status }: JobView, action: 'stop' | 'kill'): void {
  if (hasEnded(status)) say(`${id} has ended: ${status}.\n`);
  else
    say(
      `Asked ${id} to ${action}; until that is proven it is ${status}. To see the end:\n  ${program} jobs watch ${id}\n`,
    );
}

/** How jobs are submitted again. */
export interface ResubmitOptions extends OutputOptions {
  readonly strict?: true;
  readonly notifications: boolean;
}

/** Submits jobs again; prints the ids of the new ones. */
export async function resubmitJobs(
  { session, client, lookup, options }: Invocation<ResubmitOptions>,
  typed: readonly string[],
): Promise<void> {
  const ids = await resolveJobIds(lookup(), typed);
  const api = client();
  const ignored = options.strict !== true;
  const jobs: JobView[] = [];
  for (const id of ids) {
    const job = await api.jobs.resubmit(id, {
      ignoreInputConflicts: ignored,
      ignoreParameterConflicts: ignored,
      preserveNotifications: options.notifications,
    });
    jobs.push(job);
    session.say(
      `Submitted ${id} again as ${job.id}. To see what it does:\n  ${session.program} jobs watch ${job.id}\n`,
    );
  }
  const human = () => jobs.map(({ id }) => `${id}\n`).join('');
  await printResult(session, options, { result: jobs.length === 1 ? jobs[0] : jobs, human });
}

/** Takes jobs out of listings, or brings them back. */
export async function showOrHide(
  { session, client, lookup }: Invocation<unknown>,
  typed: readonly string[],
  action: 'hide' | 'unhide',
): Promise<void> {
  const api = client();
  // No listing knows a hidden job: whoever wants it back has its whole id.
  const ids = action === 'unhide' ? typed : await resolveJobIds(lookup(), typed);
  for (const id of ids) {
    await api.jobs[action](id);
    session.say(action === 'hide' ? `Hid ${id}.\n` : `${id} is listed again.\n`);
  }
}

/** Stops and hides jobs. */
export async function deleteJobs(
  { session, client, lookup }: Invocation<unknown>,
  typed: readonly string[],
): Promise<void> {
  const api = client();
  for (const id of await resolveJobIds(lookup(), typed)) {
    await api.jobs.delete(id);
    session.say(`Deleted ${id}; its data and history remain on the systems.\n`);
  }
}
