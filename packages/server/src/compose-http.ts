import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { isRecord } from '@arras/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createAuthenticator } from './auth/authenticate.ts';
import { createPasswordCheck } from './auth/check-password.ts';
import type { HashUserCode } from './auth/device-codes.ts';
import type { JobTokens } from './auth/job-token.ts';
import type { MessageKeys } from './auth/message-keys.ts';
import type { SecretBox } from './auth/secret-box.ts';
import { createSessionCookies } from './auth/session-cookie.ts';
import { createSessions } from './auth/sessions.ts';
import type { Adapters } from './compose-adapters.ts';
import type { Engine } from './compose-engine.ts';
import { composeHosts } from './compose-hosts.ts';
import { composeOidc, oidcSettingsOf } from './compose-oidc.ts';
import { composeRealtime, openChannels } from './compose-realtime.ts';
import type { Config } from './config.ts';
import type { Db } from './database/connection.ts';
import { ping } from './database/ping.ts';
import { CALLBACK_LIMIT } from './domain/callback-limit.ts';
import type { NewId } from './domain/id-source.ts';
import type { HealthKeeper } from './engine/health-keeper.ts';
import { hearMessage } from './engine/hear-message.ts';
import { suspendJob } from './engine/pause.ts';
import type { Pressure } from './engine/pressure.ts';
import { stopJob } from './engine/stop.ts';
import type { LiveFeed } from './events/feed.ts';
import type { ViewContext } from './events/view-context.ts';
import type { HttpContext, MessageControl } from './http/context.ts';
import { readDashboard, serveDashboard } from './http/dashboard.ts';
import { LoadMeter } from './http/load-meter.ts';
import { createPolling } from './http/polling/polling.ts';
import { createRateLimit } from './http/rate-limit.ts';
import { HANDLERS } from './http/routes/handlers.ts';
import { createHttpServer } from './http/server.ts';
import { GrowingFiles } from './http/tail/growing-files.ts';
import { readTlsCertificate, renewTlsCertificate, type TlsFiles } from './http/tls-certificate.ts';
import type { StreamMeter } from './realtime/meter.ts';
import { BUILD_VERSION } from './version.ts';

/** What the HTTP server is made of and around. */
export interface HttpParts {
  readonly config: Config;
  readonly db: Db;
  readonly log: Logger;
  readonly newId: NewId;
  readonly view: ViewContext;
  readonly engine: Engine;
  readonly notifications: MessageControl;
  readonly secrets: SecretBox;
  readonly jobTokens: JobTokens;
  readonly messageKeys: MessageKeys;
  readonly hashUserCode: HashUserCode;
  readonly metrics: Registry;
  readonly feed: LiveFeed;
  readonly adapters: Adapters;
  readonly health: HealthKeeper;
  readonly streamMeter: StreamMeter;
}

/** Passwords tried, by user and place: people mistype, programs sign in again and again. */
const PASSWORD_LIMIT = { burst: 20, perMinute: 30, nowMs: () => performance.now() };

/** Passwords tried, by place: each takes a sixth of a second in which nobody else's is looked at. */
const PASSWORD_ADDRESS_LIMIT = { burst: 120, perMinute: 120, nowMs: () => performance.now() };

/** Messages sent by hand, by subscription. */
const FIRE_LIMIT = { burst: 10, perMinute: 30, nowMs: () => performance.now() };

/** Postits that there are not, by address: people mistype and find old ones, nobody guesses 128 bits. */
const GUESS_LIMIT = { burst: 60, perMinute: 60, nowMs: () => performance.now() };

/** Sign-ins begun by programs of one address, behind which there may be a whole institute. */
const DEVICE_LIMIT = { burst: 60, perMinute: 60, nowMs: () => performance.now() };

/** Codes of programs that there are not, by user: people mistype, and the codes can be guessed in principle. */
const CODE_LIMIT = { burst: 10, perMinute: 10, nowMs: () => performance.now() };

/** Where `npm run build` puts it. */
const DASHBOARD = fileURLToPath(new URL('../dashboard', import.meta.url));

/** Builds the HTTP server; it does not listen yet. */
export async function composeHttp(parts: HttpParts): Promise<FastifyInstance> {
  const {
    config,
    db,
    log,
    newId,
    view,
    engine,
    notifications,
    secrets,
    jobTokens,
    messageKeys,
    hashUserCode,
    metrics,
    feed,
  } = parts;
  const now = () => new Date();
  const cookies = createSessionCookies(view.publicUrl);
  const oidcSettings = oidcSettingsOf(config);
  const oidc = oidcSettings && composeOidc({ ...parts, settings: oidcSettings, publicUrl: view.publicUrl });
  const realtime = composeRealtime({ config, db, log, view, streamMeter: parts.streamMeter, feed });
  const polling = createPolling({
    db,
    feed,
    view,
    version: BUILD_VERSION,
    metrics,
    maxBytes: config.ARRAS_POLLING_CACHE,
    monitorEveryMs: config.ARRAS_MONITOR_INTERVAL,
  });
  const context: HttpContext = {
    db,
    newId,
    ...view,
    version: BUILD_VERSION,
    log,
    now,
    isReady: () => checkReadiness(db),
    metrics,
    load: new LoadMeter(metrics, {
      db,
      now,
      nowMs: () => performance.now(),
      formatTime: view.formatTime,
    }),
    openApi: await readFile(fileURLToPath(import.meta.resolve('@arras/contract/openapi.json')), 'utf8'),
    randomBytes,
    auth: createAuthenticator({
      db,
      cookies,
      issuedTokens: oidc?.issuedTokens ?? null,
      now: () => performance.now(),
    }),
    checkPassword: createPasswordCheck({
      db,
      limit: createRateLimit(PASSWORD_LIMIT),
      addressLimit: createRateLimit(PASSWORD_ADDRESS_LIMIT),
      randomBytes,
    }),
    cookies,
    oidc: oidc?.signIn ?? null,
    oidcIssuer: oidcSettings?.issuer ?? null,
    devices: {
      hashUserCode,
      beginLimit: createRateLimit(DEVICE_LIMIT),
      codeLimit: createRateLimit(CODE_LIMIT),
    },
    beginSession: createSessions({
      db,
      newId,
      randomBytes,
      cookies,
      lifetimeMs: config.ARRAS_SESSION_LIFETIME,
      now,
    }),
    feed,
    polling,
    realtime,
    growingFiles: new GrowingFiles(),
    targets: engine.context.targets,
    hosts: composeHosts(parts.adapters, parts.health),
    stagingDeadlineMs: config.ARRAS_STAGING_LIMIT,
    maxUploadBytes: config.ARRAS_UPLOAD_LIMIT,
    notifications,
    secrets,
    jobTokens,
    messageKeys,
    callbackLimit: createRateLimit({ ...CALLBACK_LIMIT, nowMs: () => performance.now() }),
    fireLimit: createRateLimit(FIRE_LIMIT),
    guessLimit: createRateLimit(GUESS_LIMIT),
    engine: {
      stopJob: (job, order) => stopJob(engine.context, job, order),
      pauseJob: (job) => suspendJob(engine.context, job, 'pause'),
      resumeJob: (job) => suspendJob(engine.context, job, 'resume'),
      hearMessage: (message) => hearMessage(engine.context, message),
    },
  };
  const tlsFiles = tlsFilesOf(config);
  const server = createHttpServer(context, HANDLERS, {
    maxConnections: config.ARRAS_MAX_CONNECTIONS,
    ...(tlsFiles && { tls: await readTlsCertificate(tlsFiles) }),
  });
  if (tlsFiles !== null && server.server instanceof TlsServer) {
    const renewal = renewTlsCertificate(server.server, tlsFiles, { log });
    server.addHook('onClose', async () => renewal[Symbol.dispose]());
  }
  server.addHook('onClose', async () => polling[Symbol.dispose]());
  server.addHook('onClose', async () => oidc?.[Symbol.asyncDispose]());
  countRequests(server, engine.context.pressure);
  serveDashboard(server, await readDashboard(DASHBOARD));
  const gate = openChannels({ server: server.server, context });
  // Streams never end by themselves: the server would wait for them.
  server.addHook('preClose', async () => {
    await gate[Symbol.asyncDispose]();
    await realtime[Symbol.asyncDispose]();
  });
  return server;
}

function tlsFilesOf(config: Config): TlsFiles | null {
  const { ARRAS_TLS_CERT: certPath, ARRAS_TLS_KEY: keyPath } = config;
  return certPath === null || keyPath === null ? null : { certPath, keyPath };
}

/** Last as long as their reader likes. */
const ENDLESS: readonly (string | undefined)[] = [
  'downloadJobOutput',
  'downloadFile',
  'redeemPostit',
  'uploadFile',
  'manageFile',
  'streamJobEvents',
  'streamEvents',
];

/** Downloads, uploads, copies and streams are not counted, nor requests that may wait for a change. */
function countRequests(server: FastifyInstance, pressure: Pressure): void {
  const counts = ({ routeOptions, query }: FastifyRequest) =>
    !ENDLESS.includes(routeOptions.config.operationId) && !(isRecord(query) && 'wait' in query);
  server.addHook('onRequest', (request, reply, done) => {
    if (counts(request)) {
      pressure.begin();
      // Also when the client goes away before its answer, of which the framework's own hook does not hear.
      reply.raw.once('close', () => pressure.end());
    }
    done();
  });
}

async function checkReadiness(db: Db): ReturnType<HttpContext['isReady']> {
  try {
    await ping(db);
    return { status: 'ready', checks: { database: 'ok' } };
  } catch (error) {
    return {
      status: 'unready',
      checks: { database: error instanceof Error ? error.message : String(error) },
    };
  }
}

/** Milliseconds that requests under way get to end (P25); a client that never finishes its own must not hold up the stop. */
const REQUESTS_END_MS = 10_000;

export async function closeServer(server: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), REQUESTS_END_MS);
  try {
    await server.close();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Connections that wait to be accepted: thousands of streams come back together after a restart, and one that finds no
 * place waits for a second or longer. Linux takes `net.core.somaxconn` at most, 4,096 by default; Node's default is 511.
 */
const BACKLOG = 4_096;

/** Opens the port and returns its address. */
export async function listen(server: FastifyInstance, config: Config): Promise<string> {
  await server.listen({ host: config.ARRAS_HOST, port: config.ARRAS_PORT, backlog: BACKLOG });
  const { port } = server.server.address() as AddressInfo;
  const host = config.ARRAS_HOST.includes(':') ? `[${config.ARRAS_HOST}]` : config.ARRAS_HOST;
  const scheme = tlsFilesOf(config) === null ? 'http' : 'https';
  return `${scheme}://${host}:${port}`;
}
