import { ApiError, type JOB_ACTIONS, type JobId } from '@arras/contract';
import { inTransaction } from '../../database/connection.ts';
import type { Viewer } from '../../database/systems.ts';
import type { JobRow } from '../../database/tables.ts';
import type { PauseResult } from '../../engine/pause.ts';
import type { StopOrder } from '../../engine/stop.ts';
import { deleteJob as hideWithEvent } from '../../events/record.ts';
import { UnreadableAnswer } from '../../execution/scheduler.ts';
import { ShellUnreachable } from '../../execution/shell.ts';
import type { HttpContext } from '../context.ts';
import { getChangeableJob } from '../get-visible-job.ts';
import type { Handler } from '../handler.ts';
import { answer } from '../reply.ts';
import { renderOneJob } from '../views/one-job.ts';
import { getJobToRestore, hide, restore } from './hide-job.ts';
import { resubmit } from './resubmit-job.ts';

/** What is done to the job itself; a resubmission makes another one, and a restoration finds hidden ones. */
type Action = Exclude<(typeof JOB_ACTIONS)[number], 'resubmit' | 'unhide' | 'restore'>;
type Act = (context: HttpContext, viewer: Viewer, job: JobRow) => Promise<JobRow>;

/** What each action does; `cancel` is another name of `stop` (spec/jobs.md section 7). */
const ACTIONS = {
  stop: stopAs('STOPPED'),
  cancel: stopAs('STOPPED'),
  kill: stopAs('KILLED'),
  pause: ({ engine }, _viewer, job) => suspended(() => engine.pauseJob(job)),
  resume: ({ engine }, _viewer, job) => suspended(() => engine.resumeJob(job)),
  hide,
} as const satisfies Record<Action, Act>;

export const actOnJob: Handler<'actOnJob'> = async ({ context, viewer, params, body }) => {
  const { action, ...options } = body;
  if (action === 'unhide' || action === 'restore') {
    const hidden = await getHiddenJob(context, viewer, params.id);
    return answerWith(context, await restore(context, viewer, hidden));
  }
  const job = await getChangeableJob(context.db, viewer, params.id);
  if (action === 'resubmit') return resubmit(context, viewer, job, options);
  return answerWith(context, await ACTIONS[action](context, viewer, job));
};

async function getHiddenJob(context: HttpContext, viewer: Viewer, id: JobId): Promise<JobRow> {
  const job = await getJobToRestore(context, viewer, id);
  if (!job.visible) return job;
  const message = 'the job is not hidden; only hidden jobs can be restored';
  throw new ApiError('request.invalid', { problems: [{ field: 'action', message }] });
}

const ENDINGS = ['stop', 'kill', 'cancel'] as const;

/** The path forms of the actions that end a job. */
export const cancelJob: Handler<'cancelJob'> = async ({ context, viewer, params, path }) => {
  const job = await getChangeableJob(context.db, viewer, params.id);
  const action = ENDINGS.find((one) => path.endsWith(`/${one}`)) ?? 'cancel';
  return answerWith(context, await ACTIONS[action](context, viewer, job));
};

/**
 * Ends the job if it still runs, then hides it. When its system cannot be reached the job is hidden all the same:
 * the request to stop stands, and the service repeats it until the end is proven (P9).
 */
export const deleteJob: Handler<'deleteJob'> = async ({ context, viewer, params }) => {
  const job = await getChangeableJob(context.db, viewer, params.id);
  const stopped = await context.engine
    .stopJob(job, { to: 'STOPPED', by: viewer.username })
    .catch((error: unknown) => {
      if (isUnreachable(error)) return { job, message: `The job is being stopped: ${error.message}` };
      throw error;
    });
  const { job: current, message } = 'job' in stopped ? stopped : { job: stopped, message: null };
  const hidden = await inTransaction(context.db, (tx) =>
    hideWithEvent(tx, { jobId: job.id, by: viewer.username, newId: context.newId, job: current }),
  );
  if (!hidden) throw new ApiError('job.not-found');
  return answer(null, message === null ? {} : { message });
};

async function answerWith(context: HttpContext, job: JobRow) {
  return answer(await renderOneJob(context, job));
}

function stopAs(to: StopOrder['to']): Act {
  return ({ engine }, viewer, job) => reaching(() => engine.stopJob(job, { to, by: viewer.username }));
}

async function suspended(ask: () => Promise<PauseResult>): Promise<JobRow> {
  const result = await reaching(ask);
  if (result.kind === 'done') return result.job;
  throw new ApiError('job.action-impossible', { message: `This is not possible: ${result.reason}.` });
}

/** Tells the caller that the job's system does not answer, rather than that the service failed. */
async function reaching<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (isUnreachable(error)) throw new ApiError('system.unreachable', { cause: error });
    throw error;
  }
}

function isUnreachable(error: unknown): error is Error {
  return error instanceof ShellUnreachable || error instanceof UnreadableAnswer;
}
