import type { JobRequestBody } from '@arras/contract';
import { renderJson } from '../clean-text.ts';
import type { ExitCode } from '../exit-codes.ts';
import { renderNextSteps } from '../next-steps.ts';
import { applyOverrides } from '../overrides.ts';
import { isForPeople, type OutputOptions, printResult } from '../print.ts';
import { readDocument } from '../read-document.ts';
import type { Invocation } from '../runner.ts';
import { untilLeft } from '../watch/until-left.ts';
import { watchJobs } from '../watch/watch-jobs.ts';
import { waitSilently } from './wait.ts';
import { exitCodeFor, readWaiting, type WaitingFlags } from './watch.ts';

/** Options of a submission. */
export interface SubmitOptions extends OutputOptions, Pick<WaitingFlags, 'timeout' | 'exitStatus'> {
  readonly file?: string;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
  readonly watch?: boolean;
  readonly idempotencyKey?: string;
}

/** Submits a job, or checks the request; prints the id of the job. */
export async function submitJob(
  call: Invocation<SubmitOptions>,
  pairs: readonly string[],
): Promise<ExitCode | void> {
  const { session, client, options } = call;
  const document = options.file === undefined ? {} : await readDocument(options.file);
  // The service checks the request and names every problem at once; a second check here would only differ.
  const body = applyOverrides(document, pairs) as JobRequestBody;
  const { timeoutMs, ...waiting } = readWaiting(options);
  const api = client();
  if (options.dryRun === true) {
    const resolved = await api.jobs.check(body);
    session.say('The request is sound; nothing was stored or started.\n');
    await printResult(session, options, { result: resolved, human: () => `${renderJson(resolved)}\n` });
    return;
  }
  const job = await api.jobs.submit(body, { idempotencyKey: options.idempotencyKey });
  await printResult(session, options, { result: job, human: () => `${job.id}\n` });
  const follows = options.watch === true || options.wait === true;
  if (!follows) return session.say(renderNextSteps(session.program, job));
  const compact = options.watch !== true;
  const resume = () => `jobs watch ${job.id}`;
  const exitCode = await untilLeft(session, { timeoutMs, resume }, (signal, detach) =>
    // Behind JSON, or an id for a script, nothing else is data.
    isForPeople(options)
      ? watchJobs(session, api, [job.id], { compact, notify: true, signal, keys: { call, detach } })
      : waitSilently(session, api, [job.id], { ...waiting, signal, print: () => undefined }),
  );
  return exitCodeFor(options, exitCode);
}
