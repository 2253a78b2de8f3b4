import {
  ApiError,
  CUSTOM_EVENT_FIELD,
  describeValue,
  isReservedEventName,
  JOB_STATUSES,
  type JobId,
  type JobStatus,
  type JobView,
} from '@arras/contract';
import type { FastifyRequest } from 'fastify';
import { inTransaction } from '../../database/connection.ts';
import { findJob } from '../../database/jobs.ts';
import { queueTasks } from '../../database/queue.ts';
import type { JobRow } from '../../database/tables.ts';
import {
  type JobMessage,
  type MessageKind,
  parseMessageHeader,
  signedBytes,
} from '../../domain/job-message.ts';
import { lifecycleOf } from '../../domain/lifecycle.ts';
import { tryTag } from '../../domain/places.ts';
import type { HeardMessage } from '../../engine/hear-message.ts';
import { HEARTBEAT, type ProgramEvent, programEvent } from '../../engine/program-event.ts';
import { recordJobEvent } from '../../events/record.ts';
import type { HttpContext } from '../context.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer } from '../reply.ts';
import { signedBodyOf } from '../signed-body.ts';
import { renderOneJob } from '../views/one-job.ts';

/** What an address of a callback says. */
interface Callback {
  readonly id: JobId;
  readonly token: string;
  readonly status: string;
}

/** The number and the signature of a call, and the bytes of its body; null for a call without. */
type Signed = (Pick<JobMessage, 'number' | 'signature'> & { readonly data: Uint8Array }) | null;

const callBack: Handler<'callBack'> = async ({ context, params, headers, raw }) =>
  answer(await hear(context, params, readSigned(headers, raw)));

/** Returns the job as it is shown. */
async function hear(context: HttpContext, params: Callback, signed: Signed): Promise<JobView> {
  const status = readStatus(params.status);
  const job = await getCallingJob(context, params);
  if (status === 'HEARTBEAT') {
    await record(context, job, { kind: 'HEARTBEAT', event: HEARTBEAT, signed });
  } else if (status === 'RUNNING' && signed !== null) {
    await takeStart(context, job, signed);
  } else {
    await hint(context, job, status);
  }
  return showJob(context, params.id);
}

/** A program's own event, or a heartbeat when it says nothing. Other statuses have nothing at this address. */
const sendJobEvent: Handler<'sendJobEvent'> = async ({ context, params, body, headers, raw }) => {
  const signed = readSigned(headers, raw);
  if (Object.keys(body).length === 0) return answer(await hear(context, params, signed), { status: 200 });
  if (params.status.toUpperCase() !== HEARTBEAT.name) {
    throw new ApiError('job.not-found', { message: `Events are sent with the status ${HEARTBEAT.name}.` });
  }
  const name = readEventName(body[CUSTOM_EVENT_FIELD]);
  const job = await getCallingJob(context, params);
  await record(context, job, { kind: 'EVENT', event: programEvent(name, body), signed });
  return answer(body);
};

function readSigned(
  headers: { readonly 'arras-message'?: string | undefined },
  { request }: { readonly request: FastifyRequest },
): Signed {
  const header = headers['arras-message'];
  if (header === undefined) return null;
  const message = parseMessageHeader(header);
  if (message !== null) return { ...message, data: signedBodyOf(request) };
  throw invalid('Arras-Message', 'expected a number of 19 digits and a signature of 64 hexadecimal ones');
}

function readEventName(name: string | undefined): string {
  const field = CUSTOM_EVENT_FIELD;
  if (name === undefined) throw invalid(field, 'is required: expected the name of the event');
  if (!isReservedEventName(name)) return name;
  throw invalid(field, `${name} is an event of the service itself; choose another name`);
}

function readStatus(given: string): JobStatus | 'HEARTBEAT' {
  const wanted = given.toUpperCase();
  if (wanted === 'HEARTBEAT') return wanted;
  const status = JOB_STATUSES.find((known) => known === wanted);
  if (status !== undefined) return status;
  throw invalid('status', `expected ${HEARTBEAT.name} or a status of a job, got ${describeValue(given)}`);
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

/** A signed one is recorded once, however often and by whichever way it comes. */
async function record(
  context: HttpContext,
  job: JobRow,
  said: { readonly kind: MessageKind; readonly event: ProgramEvent; readonly signed: Signed },
): Promise<void> {
  const { kind, event, signed } = said;
  if (signed === null) {
    await inTransaction(context.db, (tx) =>
      recordJobEvent(tx, context.newId, { job, ...event, by: job.owner }),
    );
    return;
  }
  verify(context, job, kind, signed);
  await hearOnce(context, { job, number: signed.number, event });
}

/** A job that has moved since it was read is read again; races end, because states only go forward. */
async function hearOnce(context: HttpContext, message: HeardMessage): Promise<void> {
  const heard = await context.engine.hearMessage(message);
  if (heard !== 'raced') return;
  const job = await findJob(context.db, message.job.id);
  if (job === null || job.try_number !== message.job.try_number || !lifecycleOf(job.status).onTarget)
    throw new ApiError('callback.impossible');
  await hearOnce(context, { ...message, job });
}

/** While the answer to its submission is out, the start is known from there or from the spool. */
async function takeStart(context: HttpContext, job: JobRow, signed: NonNullable<Signed>): Promise<void> {
  verify(context, job, 'RUNNING', signed);
  if (job.status === 'QUEUED') {
    await hearOnce(context, { job, number: signed.number, event: null });
  }
}

function verify(
  context: HttpContext,
  job: JobRow,
  kind: MessageKind,
  { number, signature, data }: NonNullable<Signed>,
): void {
  const tag = tryTag(job.id, job.try_number);
  if (context.messageKeys.isSignedBy(tag, signedBytes({ tag, number, kind, data }), signature)) return;
  throw new ApiError('callback.wrong-token', {
    message: 'The message is not signed by the current try of the job.',
  });
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
  return renderOneJob(context, job);
}

/** What programs inside jobs may say. */
export const JOB_CALLBACK_HANDLERS: Pick<HandlersOf<'Jobs'>, 'callBack' | 'sendJobEvent'> = {
  callBack,
  sendJobEvent,
};
