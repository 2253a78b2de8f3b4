import { type Server, STATUS_CODES } from 'node:http';
import { CHANNELS_SCOPE, renderErrorEnvelope } from '@arras/contract';
import type { Logger } from 'pino';
import { findMissingScope } from './auth/admit.ts';
import type { Config } from './config.ts';
import type { Db } from './database/connection.ts';
import { filterEvents, readFeed, readJobEvents } from './database/feed.ts';
import { findStoredJobs } from './database/stored-jobs.ts';
import { findDeletions, judgePosition, listJobsSeenThrough, readPresent } from './database/streams.ts';
import { findSystemChecks } from './database/system-checks.ts';
import { findTokenHolders } from './database/tokens.ts';
import type { LiveFeed } from './events/feed.ts';
import type { ViewContext } from './events/view-context.ts';
import type { HttpContext } from './http/context.ts';
import { errorHeaders, renderRawAnswer } from './http/error-handler.ts';
import { toApiError } from './http/error-mapping.ts';
import { createPathRemover } from './http/kept-path.ts';
import { ChannelGate } from './realtime/channel-gate.ts';
import type { StreamMeter } from './realtime/meter.ts';
import { Realtime, type StreamQueries } from './realtime/realtime.ts';

/** What streams are made of and around. */
export interface RealtimeComposition {
  readonly config: Pick<Config, 'ARRAS_STREAM_RETENTION' | 'ARRAS_STREAMS_PER_USER'>;
  readonly db: Db;
  readonly log: Pick<Logger, 'warn'>;
  readonly view: Pick<ViewContext, 'formatTime'>;
  readonly streamMeter: StreamMeter;
  readonly feed: Pick<LiveFeed, 'onChange' | 'follow' | 'position'>;
}

/** Streams of this process; disposal ends them all. */
export function composeRealtime({ config, db, log, view, streamMeter, feed }: RealtimeComposition): Realtime {
  return new Realtime({
    feed,
    view,
    log,
    queries: streamQueries(db, config.ARRAS_STREAM_RETENTION),
    meter: streamMeter,
    perUser: config.ARRAS_STREAMS_PER_USER,
    now: () => performance.now(),
  });
}

/** Takes the requests for WebSockets of a server; disposal closes them all. */
export function openChannels({
  server,
  context,
}: {
  readonly server: Server;
  readonly context: HttpContext;
}): ChannelGate {
  const { auth, cookies, realtime, tenant, publicUrl, version } = context;
  const gate = new ChannelGate({
    realtime,
    tenant,
    publicUrl,
    cookies,
    authenticate: async (credentials) => {
      const principal = await auth.authenticate(credentials);
      const refusal = findMissingScope(principal, CHANNELS_SCOPE);
      if (refusal !== null) throw refusal;
      return principal;
    },
    toApiError,
    renderRefusal: (error) =>
      renderRawAnswer(
        `${error.status} ${STATUS_CODES[error.status] ?? 'Refused'}`,
        renderErrorEnvelope(error, { version }),
        errorHeaders(error),
      ),
  });
  const removePath = createPathRemover(publicUrl);
  server.on('upgrade', (request, stream, head) => {
    request.url = removePath(request.url ?? '/');
    void gate.upgrade(request, stream, head);
  });
  return gate;
}

function streamQueries(db: Db, retentionMs: number): StreamQueries {
  return {
    findJobs: (ids) => findStoredJobs(db, ids),
    readJobs: (positions, limit) => readJobEvents(db, positions, limit),
    readFeed: (after, limit) => readFeed(db, after, limit),
    readPresent: () => readPresent(db),
    judgePosition: (after) => judgePosition(db, after, retentionMs),
    findDeletions: (ids) => findDeletions(db, ids),
    filter: (events, { condition }) => filterEvents(db, events, condition),
    findHolders: (ids) => findTokenHolders(db, ids),
    findSystemChecks: (ids) => findSystemChecks(db, ids),
    listJobsSeenThrough: (ids) => listJobsSeenThrough(db, ids),
  };
}
