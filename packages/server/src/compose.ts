import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { createAuthenticator } from './auth/authenticate.ts';
import { type AdministratorSettings, ensureAdministrator } from './auth/first-start.ts';
import { composeEngine, type Engine } from './compose-engine.ts';
import type { Config } from './config.ts';
import { type ConnectionOptions, type Db, openDatabase, openPool } from './database/connection.ts';
import { checkServer } from './database/durability.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './database/embedded-postgres.ts';
import { migrate } from './database/migrate.ts';
import { ping } from './database/ping.ts';
import { createIdSource, type NewId } from './domain/id-source.ts';
import { createTimeFormat, type FormatTime } from './domain/timestamp.ts';
import { suspendJob } from './engine/pause.ts';
import { stopJob } from './engine/stop.ts';
import type { HttpContext } from './http/context.ts';
import { HANDLERS } from './http/routes/handlers.ts';
import { createHttpServer } from './http/server.ts';
import { BUILD_VERSION } from './version.ts';

/** The service, composed and started. */
export interface Service {
  /** Where it listens; null in a process without the role `api`. */
  readonly url: string | null;
  /** A token of the administrator that was made at this first start and is shown nowhere else. */
  readonly newAdminToken: string | null;
  /**
   * Leaves at a safe point: new requests are refused, those under way end, work in hand is given back to
   * whoever comes next. Every step can be cut short by a kill without loss.
   */
  stop(): Promise<void>;
}

/** Starts everything a process does according to its roles. Rejects, with all parts ended, when it cannot. */
export async function startService(config: Config, log: Logger): Promise<Service> {
  const stack = new AsyncDisposableStack();
  try {
    const pool = await openCheckedPool(config, log, stack);
    const db = openDatabase(pool);
    const newId = createIdSource({ nowMs: () => Date.now(), randomBytes });
    const formatTime = createTimeFormat(config.ARRAS_TIMEZONE);
    const { newToken } = await ensureAdministrator({
      db,
      newId,
      settings: administratorOf(config),
      randomBytes,
    });
    let listeningUrl = '';
    const publicUrl = () => config.ARRAS_PUBLIC_URL ?? listeningUrl;
    const engine = await composeEngine({
      config,
      pool,
      db,
      log,
      newId,
      service: { publicUrl, tenant: config.ARRAS_TENANT, formatTime },
    });
    const parts = { config, pool, db, log, newId, formatTime, engine, publicUrl };
    const server = config.ARRAS_ROLES.has('api') ? await composeHttp(parts) : null;
    // Disposed in reverse: first no more requests, then no more work, then the database.
    stack.use(engine);
    if (server) {
      stack.defer(() => server.close());
      listeningUrl = await listen(server, config);
    }
    await engine.start();
    return { url: server ? listeningUrl : null, newAdminToken: newToken, stop: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function openCheckedPool(config: Config, log: Logger, stack: AsyncDisposableStack): Promise<Pool> {
  const connection =
    config.DATABASE_URL === null
      ? await startOwnDatabase(config, log, stack)
      : { connectionString: config.DATABASE_URL };
  const pool = openPool(connection, {
    max: config.ARRAS_DATABASE_CONNECTIONS,
    onError: (error) => log.warn({ err: error }, 'database.connection'),
  });
  stack.defer(() => pool.end());
  await checkServer(pool);
  await migrate(pool);
  return pool;
}

async function startOwnDatabase(
  config: Config,
  log: Logger,
  stack: AsyncDisposableStack,
): Promise<ConnectionOptions> {
  const postgres: EmbeddedPostgres = await startEmbeddedPostgres({
    directory: config.ARRAS_DATA_DIR,
    onLog: (message) => log.info({ postgres: message }, 'database.embedded'),
  });
  stack.defer(() => postgres.stop());
  return postgres.connection;
}

function administratorOf(config: Config): AdministratorSettings {
  return {
    username: config.ARRAS_ADMIN_USERNAME,
    password: config.ARRAS_ADMIN_PASSWORD,
    token: config.ARRAS_ADMIN_TOKEN,
  };
}

interface HttpParts {
  readonly config: Config;
  readonly pool: Pool;
  readonly db: Db;
  readonly log: Logger;
  readonly newId: NewId;
  readonly formatTime: FormatTime;
  readonly engine: Engine;
  readonly publicUrl: () => string;
}

async function composeHttp(parts: HttpParts): Promise<FastifyInstance> {
  const { config, db, log, newId, formatTime, engine, publicUrl } = parts;
  const context: HttpContext = {
    db,
    newId,
    publicUrl,
    version: BUILD_VERSION,
    tenant: config.ARRAS_TENANT,
    formatTime,
    log,
    now: () => new Date(),
    isReady: () => checkReadiness(db),
    metrics: new Registry(),
    openApi: await readFile(fileURLToPath(import.meta.resolve('@arras/contract/openapi.json')), 'utf8'),
    randomBytes,
    auth: createAuthenticator({ db, now: () => performance.now() }),
    targets: engine.context.targets,
    stagingDeadlineMs: config.ARRAS_STAGING_LIMIT,
    engine: {
      stopJob: (job, order) => stopJob(engine.context, job, order),
      pauseJob: (job) => suspendJob(engine.context, job, 'pause'),
      resumeJob: (job) => suspendJob(engine.context, job, 'resume'),
    },
  };
  return createHttpServer(context, HANDLERS);
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

async function listen(server: FastifyInstance, config: Config): Promise<string> {
  await server.listen({ host: config.ARRAS_HOST, port: config.ARRAS_PORT });
  const { port } = server.server.address() as AddressInfo;
  const host = config.ARRAS_HOST.includes(':') ? `[${config.ARRAS_HOST}]` : config.ARRAS_HOST;
  return `http://${host}:${port}`;
}
