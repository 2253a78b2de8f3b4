import { type AppView, type QueueView, requestOfApp, requestOfJob } from '@arras/contract';
import { ApiFailure } from '../../api/api-failure.ts';
import { call } from '../../api/call.ts';
import { type Draft, withoutBlanks } from './request-edits.ts';

/** Where a request begins. */
export interface Template {
  readonly app: AppView;
  readonly queues: readonly QueueView[];
  readonly draft: Draft;
}

/** What a request is made of: an app, or a job that is to be run again. */
export type TemplateSource = { readonly app: string } | { readonly from: string };

/** Reads the app, its queues and what the request begins with. @throws ApiFailure */
export async function readTemplate(source: TemplateSource, signal: AbortSignal): Promise<Template> {
  const job = 'from' in source ? await call('showJob', { params: { id: source.from }, signal }) : null;
  const id = job === null && 'app' in source ? source.app : (job?.appId ?? '');
  const app = await call('showApp', { params: { id }, signal });
  const queues = await readQueues(app.executionSystem, signal);
  const request = job === null ? requestOfApp(app, queues, { all: true }) : requestOfJob(job, app);
  const required = [...app.inputs, ...app.parameters].filter(({ value }) => value.required);
  return { app, queues, draft: withoutBlanks(request, (name) => required.some((each) => each.id === name)) };
}

/** Whoever may run an app need not see its system: then the queues are not known. */
async function readQueues(system: string, signal: AbortSignal): Promise<readonly QueueView[]> {
  try {
    return await call('listSystemQueues', { params: { id: system }, signal });
  } catch (error) {
    if (error instanceof ApiFailure && !error.isOutage && !error.isSignedOut) return [];
    throw error;
  }
}
