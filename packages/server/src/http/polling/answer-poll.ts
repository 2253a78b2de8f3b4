import { isTerminal } from '../../domain/lifecycle.ts';
import { retryAfterSeconds } from '../../domain/poll-hint.ts';
import type { HttpContext } from '../context.ts';
import type { HandlerRequest } from '../handler.ts';
import type { RenderedReply, ReplyHeaders } from '../reply.ts';
import type { JobAnswer, JobQuestion } from './job-answers.ts';
import type { OpenWait } from './open-waits.ts';
import { namedVersions } from './representation.ts';

/** What a poll is answered from. */
type Poll = Pick<HandlerRequest<'showJobStatus'>, 'context' | 'viewer' | 'raw' | 'query'>;

/** Answers at once, or with `wait` at the next change or the end of the time. Throws ApiError. */
export async function answerPoll(poll: Poll, question: JobQuestion): Promise<RenderedReply> {
  const { wait = 0 } = poll.query;
  if (wait > 0) return answerLater(poll, question, wait * 1000);
  return replyWith(poll.context, await findAnswer(poll, question));
}

/** Everything committed before the request is known first; alone on the database that is always so. */
async function findAnswer({ context, viewer }: Poll, question: JobQuestion): Promise<JobAnswer> {
  const catchingUp = context.feed.catchUp();
  if (catchingUp !== null) await catchingUp;
  return context.polling.answers.find(viewer, question);
}

async function answerLater(poll: Poll, question: JobQuestion, waitMs: number): Promise<RenderedReply> {
  const { context, viewer, raw } = poll;
  using wait = context.polling.waits.open({
    username: viewer.username,
    id: question.id,
    waitMs,
    connection: raw.reply.raw,
    matters: (change) => change?.kind !== 'progress' || question.view === 'history',
  });
  const first = await findAnswer(poll, question);
  let current = first;
  while (wait.ended === null && !isNews(poll, question, first, current)) {
    await wait.next();
    if (wait.ended === 'gone') break;
    current = await findAgain(poll, question);
  }
  return replyWith(context, current, wait);
}

/** The token may have been revoked meanwhile. */
async function findAgain(poll: Poll, question: JobQuestion): Promise<JobAnswer> {
  const viewer = await poll.context.auth.authenticate(poll.raw.request.headers);
  return findAnswer({ ...poll, viewer }, question);
}

/**
 * Whether an answer is what the caller waits for: another version than the one it names, an event after the one it
 * knows, or else something later than when it asked. Of a state the version counts and not how fresh it is; of a
 * history every byte, because transfers move on without events.
 */
function isNews({ raw, query }: Poll, question: JobQuestion, first: JobAnswer, current: JobAnswer): boolean {
  const { rendering, job, version } = current;
  if (isTerminal(job.status)) return true;
  const ifNoneMatch = raw.request.headers['if-none-match'];
  const isHistory = question.view === 'history';
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*') {
    return isHistory
      ? rendering.representation.findTag(ifNoneMatch) === null
      : !namedVersions(ifNoneMatch).includes(version);
  }
  if (query.since !== undefined) return isHistory ? !rendering.isEmpty : rendering.seq > query.since;
  return isHistory
    ? rendering.representation.tag !== first.rendering.representation.tag
    : version !== first.version;
}

function replyWith(context: HttpContext, found: JobAnswer, wait?: OpenWait): RenderedReply {
  const headers = {
    ...hintOf(context, found),
    // Another request on this connection would only be refused.
    ...(wait?.ended === 'stopping' && { connection: 'close' }),
  };
  return { kind: 'rendered', representation: found.rendering.representation, headers };
}

function hintOf({ now, polling }: HttpContext, { job, system }: JobAnswer): ReplyHeaders {
  const seconds = retryAfterSeconds({
    status: job.status,
    nextLookAtMs: system?.check?.next_look_at?.getTime() ?? null,
    nowMs: now().getTime(),
    monitorEveryMs: polling.monitorEveryMs,
  });
  return seconds === null ? {} : { 'retry-after': String(seconds) };
}
