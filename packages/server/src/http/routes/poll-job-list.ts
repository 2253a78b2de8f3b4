import { isRecord, type JobSummary, type JobView, parseJobSearch, type RawQuery } from '@arras/contract';
import { hasSharedJobs } from '../../database/job-permissions.ts';
import { isMonitored } from '../../domain/lifecycle.ts';
import type { Handler, HandlerRequest } from '../handler.ts';
import type { MadeList } from '../polling/list-copies.ts';
import { Representation } from '../polling/representation.ts';
import { queryTextOf } from '../query-memo.ts';
import type { RenderedReply } from '../reply.ts';
import { readPresentation, renderResult } from '../send-reply.ts';
import { listJobs } from './list-jobs.ts';

/** The list of jobs, from memory while nothing has changed that is in it or could come into it. */
export const pollJobList: Handler<'listJobs'> = async (request): Promise<RenderedReply> => {
  const { context, viewer, raw } = request;
  const catchingUp = context.feed.catchUp();
  if (catchingUp !== null) await catchingUp;
  const representation = isSteady(raw.request.query)
    ? await context.polling.lists.find(viewer, queryTextOf(raw.request), () => makeList(request))
    : (await makeList(request)).representation;
  return { kind: 'rendered', representation };
};

/** Milliseconds by which the answer to a search of the kind "3 days ago" has changed for sure. */
const LATER_MS = 400 * 86_400_000;

/** Whether time alone changes nothing: a search that speaks of the present, or is kept elsewhere, is made anew. */
function isSteady(query: unknown): boolean {
  const given: RawQuery = isRecord(query) ? query : {};
  if (Object.keys(given).some((name) => name.toLowerCase() === 'saved')) return false;
  const [one, other] = [0, LATER_MS].map((ms) =>
    JSON.stringify(parseJobSearch(given, { now: new Date(ms) })),
  );
  return one === other;
}

async function makeList(request: HandlerRequest<'listJobs'>): Promise<MadeList> {
  const { context, viewer, raw } = request;
  const presentation = readPresentation(raw.request);
  const showsOthers = viewer.isAdmin || (await hasSharedJobs(context.db, viewer.username));
  const made = await context.polling.countedList(listJobs(request));
  if (made.kind !== 'result') throw new Error('expected a list as a result');
  const text = renderResult(made, { presentation, version: context.version });
  return {
    representation: new Representation(text),
    showsOthers,
    systems: systemsOf(made.result, presentation.filter !== null),
  };
}

/** Full jobs show what kind of system they are on; of others only the looks at running programs are shown. */
function systemsOf(jobs: readonly (JobSummary | JobView)[], areFull: boolean): readonly string[] {
  const shown = jobs.filter(({ status }) => areFull || isMonitored(status));
  return [...new Set(shown.map(({ executionSystem }) => executionSystem))];
}
