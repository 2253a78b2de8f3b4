import {
  ApiError,
  CUSTOM_EVENT_FIELD,
  describeValue,
  isReservedEventName,
  JOB_EVENT_DESCRIPTIONS,
  JOB_STATUSES,
  type JobId,
  type JobStatus,
  type JobView,
} from '@arras/contract';
import { inTransaction } from '../../database/connection.ts';
import { findJob } from '../../database/jobs.ts';
import { queueTasks } from '../../database/queue.ts';
import type { JobRow } from '../../database/tables.ts';
import { lifecycleOf } from '../../domain/lifecycle.ts';
import { findSurroundings } from '../../events/job-surroundings.ts';
import { renderJob } from '../../events/job-view.ts';
import { recordJobEvent } from '../../events/record.ts';
import type { HttpContext } from '../context.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer } from '../reply.ts';

const HEARTBEAT = 'HEARTBEAT';

/** What an address of a callback says. */
interface Callback {
  readonly id: JobId;
  readonly token: string;
  readonly status: string;
}

const callBack: Handler<'callBack'> = async ({ context, params }) => answer(await hear(context, params));

/** Returns the job as it is shown. */
async function hear(context: HttpContext, params: Callback): Promise<JobView> {
  const status = readStatus(params.status);
  const job = await getCallingJob(context, params);
  if (status === HEARTBEAT) {
    const description = JOB_EVENT_DESCRIPTIONS.HEARTBEAT;
    await record(context, job, { name: HEARTBEAT, description });
  } else {
    await hint(context, job, status);
  }
  return showJob(context, params.id);
}

/** A program's own event, or a heartbeat when it says nothing. Other statuses have nothing at this address. */
const sendJobEvent: Handler<'sendJobEvent'> = async ({ context, params, body }) => {
  if (Object.keys(body).length === 0) return answer(await hear(context, params), { status: 200 });
  if (params.status.toUpperCase() !== HEARTBEAT) {
    throw new ApiError('job.not-found', { message: `Events are sent with the status ${HEARTBEAT}.` });
  }
  const name = readEventName(body[CUSTOM_EVENT_FIELD]);
  const job = await getCallingJob(context, params);
  await record(context, job, { name, description: `The job sent the event ${name}`, data: body });
  return answer(body);
};

function readEventName(name: string | undefined): string {
  const field = CUSTOM_EVENT_FIELD;
  if (name === undefined) throw invalid(field, 'is required: expected the name of the event');
  if (!isReservedEventName(name)) return name;
  throw invalid(field, `${name} is an event of the service itself; choose another name`);
}

function readStatus(given: string): JobStatus | typeof HEARTBEAT {
  const wanted = given.toUpperCase();
  if (wanted === HEARTBEAT) return HEARTBEAT;
  const status = JOB_STATUSES.find((known) => known === wanted);
  if (status !== undefined) return status;
  throw invalid('status', `expected ${HEARTBEAT} or a status of a job, got ${describeValue(given)}`);
}

function invalid(field: string, message: string): ApiError {
  return new ApiError('request.invalid', { problems: [{ field, message }] });
}

/**
 * The job, if the token is its own and its program can be at work. A token ends with its job (S9), and the flood of
 * one job is no concern of the others.
 */
async function getCallingJob(context: HttpContext, { id, token }: Callback): Promise<JobRow> {
  const job = await findJob(context.db, id);
  if (job === null) throw new ApiError('job.not-found');
  if (!context.jobTokens.isTokenOf(job.id, token)) throw new ApiError('callback.wrong-token');
  if (!context.callbackLimit.admits(job.id)) throw new ApiError('rate.limited');
  if (job.visible && lifecycleOf(job.status).onTarget) return job;
  throw new ApiError('callback.impossible', {
    message: `The job is ${job.visible ? job.status : 'deleted'}: its program cannot be at work.`,
  });
}

async function record(
  context: HttpContext,
  job: JobRow,
  event: { readonly name: string; readonly description: string; readonly data?: unknown },
): Promise<void> {
  await inTransaction(context.db, (tx) =>
    recordJobEvent(tx, context.newId, { job, ...event, by: job.owner }),
  );
}

/**
 * What a program says of itself proves nothing (P6): it only makes the service look now rather than at the next
 * turn. A start is seen by watching the programs, an end by collecting their exit markers.
 */
async function hint(context: HttpContext, job: JobRow, status: JobStatus): Promise<void> {
  const task = status === 'RUNNING' ? 'monitor' : 'collect';
  await queueTasks(context.db, [{ task, subject: job.execution_system }]);
}

async function showJob(context: HttpContext, id: JobId): Promise<JobView> {
  const job = await findJob(context.db, id);
  if (job === null) throw new ApiError('job.not-found');
  const surroundingsOf = await findSurroundings(context.db, [job]);
  return renderJob(context, job, surroundingsOf(job));
}

/** What programs inside jobs may say. */
export const JOB_CALLBACK_HANDLERS: Pick<HandlersOf<'Jobs'>, 'callBack' | 'sendJobEvent'> = {
  callBack,
  sendJobEvent,
};
