import { ApiFailure, type Client } from '@arras/client';
import type { JobEvent, JobView } from '@arras/contract';
import { keepTrying } from '../keep-trying.ts';
import type { ConnectionNews } from '../watch/notices.ts';
import { jobAtEvent, type LiveEvent } from './live-event.ts';

/** What is listened to. */
export interface ListenTo {
  /** Only this job, until it has ended. Default: every job of the caller. */
  readonly jobId?: string | undefined;
  /** Begin with what has happened to the job so far. */
  readonly fromStart?: boolean | undefined;
  readonly signal: AbortSignal;
  readonly onConnection: (news: ConnectionNews) => void;
  /** Is told when everything that happens from then on will come. */
  readonly onBegun: () => void;
  /** Is told why events may be missing. */
  readonly onGap: (reason: string) => void;
}

/** Events as they happen, each once and in the order of its job, with the job as it was then. */
export async function* listenToEvents(client: Client, options: ListenTo): AsyncGenerator<LiveEvent> {
  const { jobId, signal } = options;
  const events = jobId === undefined ? ownEvents(client, options) : jobEvents(client, jobId, options);
  for await (const event of events) {
    const job = await findJob(client, event.job.id, signal);
    if (job !== null) yield { event, job: jobAtEvent(job, event) };
  }
}

async function* jobEvents(client: Client, id: string, options: ListenTo): AsyncGenerator<JobEvent> {
  const { seq } = await client.jobs.status(id);
  options.onBegun();
  const since = options.fromStart === true ? 0 : seq;
  yield* client.jobs.watch(id, { since, signal: options.signal, onConnection: options.onConnection });
}

async function* ownEvents(client: Client, options: ListenTo): AsyncGenerator<JobEvent> {
  const { signal, onConnection, onBegun, onGap } = options;
  // What others share is theirs to hear of.
  const { username } = await client.profiles.show('me');
  for await (const news of client.jobs.events({ signal })) {
    if (news.kind === 'lost' || news.kind === 'connected') onConnection(news);
    else if (news.kind === 'begun') onBegun();
    else if (news.kind === 'reset') onGap(news.reason);
    else if (news.kind === 'event' && news.event.job.owner === username) yield news.event;
  }
}

/** A job that was deleted meanwhile tells nobody anything. A service that is away is waited for. */
async function findJob(client: Client, id: string, signal: AbortSignal): Promise<JobView | null> {
  try {
    return await keepTrying(() => client.call('showJob', { params: { id }, signal }), { signal });
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 404) return null;
    throw error;
  }
}
