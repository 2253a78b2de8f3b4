import { randomBytes } from 'node:crypto';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { createUserCodeHash } from './auth/device-codes.ts';
import { type AdministratorSettings, ensureAdministrator } from './auth/first-start.ts';
import { createJobTokens } from './auth/job-token.ts';
import { createMessageKeys } from './auth/message-keys.ts';
import { createSecretBox } from './auth/secret-box.ts';
import { deriveKeys, loadServiceKeys } from './auth/service-key.ts';
import { createAdapters, type OpenSshSettings } from './compose-adapters.ts';
import { composeEngine } from './compose-engine.ts';
import { closeServer, composeHttp, listen } from './compose-http.ts';
import { composeNotifications } from './compose-notifications.ts';
import type { Config } from './config.ts';
import { ChangeListenerConnection } from './database/change-channel.ts';
import { listenToChanges } from './database/changes.ts';
import { type ConnectionOptions, type Db, openDatabase, openPool } from './database/connection.ts';
import { checkServer } from './database/durability.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './database/embedded-postgres.ts';
import { settleFeedEra } from './database/feed.ts';
import { migrate } from './database/migrate.ts';
import { createIdSource } from './domain/id-source.ts';
import { createTimeFormat } from './domain/timestamp.ts';
import { HealthKeeper } from './engine/health-keeper.ts';
import { LiveFeed, SIGN_ON_MS } from './events/feed.ts';
import { heartbeatUrl } from './events/job-links.ts';
import { createStreamMeter } from './realtime/meter.ts';
import { removeForsakenDirectories } from './ssh/openssh-host.ts';

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
    const { pool, connection } = await openCheckedPool(config, log, stack);
    const db = openDatabase(pool);
    await settleFeedEra(db);
    const replica = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
    const feed = composeFeed({ db, connection, replica, log }, stack);
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
    const view = { publicUrl, tenant: config.ARRAS_TENANT, formatTime };
    const keys = await loadServiceKeys({
      given: config.ARRAS_SERVICE_KEY,
      dataDirectory: config.ARRAS_DATA_DIR,
      sharedDatabase: config.DATABASE_URL === null ? null : db,
      randomBytes,
    });
    const secrets = createSecretBox({ keys: deriveKeys(keys, 'sealing'), randomBytes });
    const jobTokens = createJobTokens(deriveKeys(keys, 'job tokens'));
    const messageKeys = createMessageKeys(deriveKeys(keys, 'job messages'));
    const hashUserCode = createUserCodeHash(deriveKeys(keys, 'user codes'));
    const metrics = new Registry();
    const openSsh = await prepareOpenSsh(config);
    const health = stack.use(new HealthKeeper({ db, log, nowMs: () => performance.now() }));
    const adapters = stack.use(
      createAdapters({ db, secrets, egressAllow: config.ARRAS_EGRESS_ALLOW, openSsh, log, health }),
    );
    const shared = {
      config,
      pool,
      db,
      log,
      newId,
      view,
      replica,
      secrets,
      jobTokens,
      messageKeys,
      hashUserCode,
      metrics,
      feed,
      adapters,
      health,
      streamMeter: createStreamMeter(metrics, () => feed.heldSeconds()),
    };
    const notifications = stack.use(composeNotifications(shared));
    const engine = stack.use(
      await composeEngine({
        ...shared,
        service: { ...view, heartbeatUrl: (id) => heartbeatUrl(view, id, jobTokens.tokenOf(id)) },
      }),
    );
    const parts = { ...shared, engine, notifications: notifications.control };
    await engine.signOn();
    await feed.start();
    // Nobody may trust to be alone any more when this process writes for the first time.
    if (feed.hasCompany) await delay(SIGN_ON_MS);
    // Disposed in reverse: first no more requests, then no more work, then the database.
    const server = config.ARRAS_ROLES.has('api') ? await composeHttp(parts) : null;
    if (server) {
      stack.defer(() => closeServer(server));
      listeningUrl = await listen(server, config);
    }
    await engine.start();
    notifications.start();
    return { url: server ? listeningUrl : null, newAdminToken: newToken, stop: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** The longest path of a directory in which the sockets of `ssh` have room: theirs may have 107 bytes. */
const LONGEST_SOCKET_DIRECTORY = 45;

/** Keys that an earlier process left behind when it was killed go. */
async function prepareOpenSsh(config: Config): Promise<OpenSshSettings> {
  const own = join(config.ARRAS_DATA_DIR, 'ssh');
  const directory = Buffer.byteLength(own) > LONGEST_SOCKET_DIRECTORY ? tmpdir() : own;
  await removeForsakenDirectories(directory);
  return { directory, accountConfig: config.ARRAS_SSH_CONFIG ?? join(userInfo().homedir, '.ssh', 'config') };
}

/** What is new in this process and, through hints, in the others on the same database. */
function composeFeed(
  parts: {
    readonly db: Db;
    readonly connection: ConnectionOptions;
    readonly replica: string;
    readonly log: Logger;
  },
  stack: AsyncDisposableStack,
): LiveFeed {
  const { db, connection, replica, log } = parts;
  const feed = stack.use(new LiveFeed({ db, replica, log }));
  listenToChanges(db, feed.publish);
  const listener = stack.use(
    new ChangeListenerConnection(connection, replica, {
      onChanges: (changes) => feed.hear(changes),
      onConnected: () => feed.lookSoon(),
      onLost: (reason) => log.warn({ reason }, 'feed.listener'),
    }),
  );
  listener.start();
  return feed;
}

interface OpenedPool {
  readonly pool: Pool;
  readonly connection: ConnectionOptions;
}

async function openCheckedPool(
  config: Config,
  log: Logger,
  stack: AsyncDisposableStack,
): Promise<OpenedPool> {
  const connection =
    config.DATABASE_URL === null
      ? await startOwnDatabase(config, log, stack)
      : { connectionString: config.DATABASE_URL };
  const pool = openPool(connection, {
    max: config.ARRAS_DATABASE_CONNECTIONS,
    // The error itself carries the whole client.
    onError: (error) => log.warn({ reason: error.message }, 'database.connection'),
  });
  stack.defer(() => pool.end());
  await checkServer(pool);
  await migrate(pool);
  return { pool, connection };
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
