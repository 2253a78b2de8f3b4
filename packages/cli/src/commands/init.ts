import { ApiFailure, type Client } from '@arras/client';
import { type AppView, findGaps, type JobRequestBody, requestOfApp } from '@arras/contract';
import { renderJson } from '../clean-text.ts';
import { applyOverrides } from '../overrides.ts';
import type { Invocation } from '../runner.ts';

/** Options of a new request. */
export interface InitOptions {
  readonly all?: boolean;
  /** False with --no-notify. */
  readonly notify?: boolean;
}

/** Prints a request for an app as JSON, and says what is to be filled in. */
export async function initJob(
  { session, client, options }: Invocation<InitOptions>,
  appId: string,
  pairs: readonly string[],
): Promise<void> {
  const api = client();
  const app = await api.apps.show(appId);
  const template = requestOfApp(app, await listQueues(api, app), {
    all: options.all === true,
    notify: options.notify === false ? null : await findAddress(api),
  });
  const request = applyOverrides(template, pairs) as JobRequestBody;
  session.out(`${renderJson(request)}\n`);
  const gaps = findGaps(request);
  if (gaps.length > 0) session.say(`To be filled in: ${gaps.join(', ')}\n`);
  session.say(`Submit it: ${session.program} jobs submit -F job.json --watch\n`);
}

/** Somebody who may run an app need not see the system it runs on. */
async function listQueues(api: Client, { executionSystem }: AppView) {
  try {
    const system = await api.systems.show(executionSystem);
    return 'queues' in system ? system.queues : [];
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 404) return [];
    throw error;
  }
}

async function findAddress(api: Client): Promise<string | null> {
  const { email } = await api.profiles.show('me');
  return email;
}
