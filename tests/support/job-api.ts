import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import {
  appRequestSchema,
  type FieldProblem,
  type JobView,
  parseBody,
  systemRequestSchema,
} from '../../packages/contract/src/index.ts';
import { hashToken } from '../../packages/server/src/auth/token.ts';
import { insertApp } from '../../packages/server/src/database/apps.ts';
import { type Db, inTransaction, openDatabase } from '../../packages/server/src/database/connection.ts';
import { insertProfile } from '../../packages/server/src/database/profiles.ts';
import { insertSystem } from '../../packages/server/src/database/systems.ts';
import { insertToken } from '../../packages/server/src/database/tokens.ts';
import { createIdSource, type NewId } from '../../packages/server/src/domain/id-source.ts';
import { createTimeFormat } from '../../packages/server/src/domain/timestamp.ts';
import { AppDefinitions } from '../../packages/server/src/engine/app-definitions.ts';
import { AppTemplates } from '../../packages/server/src/engine/app-templates.ts';
import type { EngineContext } from '../../packages/server/src/engine/context.ts';
import { hearMessage } from '../../packages/server/src/engine/hear-message.ts';
import { LeaseKeeper } from '../../packages/server/src/engine/lease-keeper.ts';
import { LookBell } from '../../packages/server/src/engine/look-bell.ts';
import { suspendJob } from '../../packages/server/src/engine/pause.ts';
import { Pressure } from '../../packages/server/src/engine/pressure.ts';
import { stopJob } from '../../packages/server/src/engine/stop.ts';
import { Targets } from '../../packages/server/src/engine/targets.ts';
import { TransferSlots } from '../../packages/server/src/engine/transfer-slots.ts';
import { createTransition, type Transition } from '../../packages/server/src/events/transition.ts';
import type { HttpContext } from '../../packages/server/src/http/context.ts';
import { HANDLERS } from '../../packages/server/src/http/routes/handlers.ts';
import { createHttpServer } from '../../packages/server/src/http/server.ts';
import { GrowingFiles } from '../../packages/server/src/http/tail/growing-files.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { LOCAL_ADAPTERS } from './local-adapters.ts';
import { NO_HOSTS } from './no-hosts.ts';
import { type QuietMessages, quietMessages } from './quiet-messages.ts';
import { createTestLoad, createTestPolling, createTestRealtime, startTestFeed } from './test-feed.ts';
import { createTestSessions } from './test-sessions.ts';

/** Users of a {@link JobApi}: two ordinary ones and an administrator. */
export type ApiUser = 'ada' | 'bob' | 'root';

/** An answer of the API. */
export interface ApiAnswer<Result = JobView> {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The envelope, with a result of the type the test expects; empty when there is none. */
  readonly json: {
    readonly message: string | null;
    readonly version: string;
    readonly status: string;
    readonly code?: string;
    readonly errors?: readonly FieldProblem[];
    readonly result: Result;
  };
}

/** How to call. */
export interface ApiCall {
  readonly as?: ApiUser;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The API over a real database and real files, with no engine: accepted jobs stay PENDING. */
export interface JobApi {
  readonly db: Db;
  readonly database: TestDatabase;
  readonly pool: TestDatabase['pool'];
  /** The HTTP server, for what needs a real connection. */
  readonly server: FastifyInstance;
  readonly context: HttpContext;
  /** Enough of the engine to look at systems and stop jobs. */
  readonly engine: EngineContext;
  readonly tokens: Readonly<Record<ApiUser, string>>;
  readonly messages: QuietMessages;
  readonly transition: Transition;
  readonly newId: NewId;
  /** Root of the storage system `store`; its home is `home` below it. */
  readonly root: string;
  call<Result = JobView>(
    method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    call?: ApiCall,
  ): Promise<ApiAnswer<Result>>;
  /** Writes a file below the root and returns its path. */
  write(path: string, content: string): Promise<string>;
  close(): Promise<void>;
}

const URL_BASE = 'https://api.example.org';
const LOCAL = { type: 'LOCAL' };

/** What every job test may submit: an app with inputs and parameters of every kind, on a local system. */
export const TEST_APP = {
  name: 'plot',
  version: '0.1.0',
  parallelism: 'SERIAL',
  executionType: 'CLI',
  executionSystem: 'exec',
  deploymentSystem: 'store',
  deploymentPath: 'apps/plot',
  templatePath: 'wrapper.sh',
  testPath: 'test.sh',
  inputs: [{ id: 'dataset', semantics: { maxCardinality: -1 } }],
  parameters: [
    { id: 'width', value: { type: 'number' } },
    { id: 'title', value: { validator: '^[^Z]*$' } },
    {
      id: 'chartType',
      value: { type: 'enumeration', enum_values: ['bar', 'line'] },
      semantics: { maxCardinality: 2 },
    },
    { id: 'grid', value: { type: 'bool' } },
    { id: 'secret', value: { visible: false, default: 'hidden value' } },
  ],
};

/** Starts the API on a database of its own. */
export async function startJobApi(): Promise<JobApi> {
  const database = await createTestDatabase();
  const root = await mkdtemp(join(tmpdir(), 'arras-jobs-'));
  const db = openDatabase(database.pool);
  const newId = createIdSource({ nowMs: () => Date.now(), randomBytes });
  const tokens = await addUsers(db, newId);
  await addSystems(db, newId, root);
  await addApp(db, newId);
  const messages = quietMessages();
  const engine = createEngine(db, newId, messages);
  const watching = await startTestFeed(database, db);
  const { feed } = watching;
  const metrics = new Registry();
  const context: HttpContext = {
    db,
    newId,
    ...engine.service,
    version: '2.4.9-rtest',
    feed,
    polling: createTestPolling({ db, feed, view: engine.service }),
    realtime: createTestRealtime({ db: watching.db, feed, view: engine.service }),
    growingFiles: new GrowingFiles(),
    log: engine.log,
    now: engine.now,
    isReady: async () => ({ status: 'ready', checks: {} }),
    metrics,
    load: createTestLoad(watching.db, metrics, engine.service),
    openApi: '{}',
    randomBytes,
    ...createTestSessions({ db, newId, publicUrl: engine.service.publicUrl }),
    hosts: NO_HOSTS,
    targets: engine.targets,
    stagingDeadlineMs: 60_000,
    maxUploadBytes: null,
    engine: {
      stopJob: (job, order) => stopJob(engine, job, order),
      pauseJob: (job) => suspendJob(engine, job, 'pause'),
      resumeJob: (job) => suspendJob(engine, job, 'resume'),
      hearMessage: (message) => hearMessage(engine, message),
    },
    ...messages,
  };
  const server = createHttpServer(context, HANDLERS);
  return {
    db,
    database,
    pool: database.pool,
    server,
    context,
    engine,
    tokens,
    messages,
    transition: engine.transition,
    newId,
    root,
    async call<Result>(
      method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE',
      url: string,
      { as = 'ada', body, headers = {} }: ApiCall = {},
    ): Promise<ApiAnswer<Result>> {
      const answer = await server.inject({
        method,
        url,
        headers: {
          authorization: `Bearer ${tokens[as]}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const isJson =
        String(answer.headers['content-type']).startsWith('application/json') && answer.payload !== '';
      const text = answer.payload;
      return {
        status: answer.statusCode,
        headers: answer.headers,
        text,
        json: (isJson ? answer.json() : {}) as ApiAnswer<Result>['json'],
      };
    },
    async write(path, content) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
      return join(root, path);
    },
    async close() {
      await context.realtime[Symbol.asyncDispose]();
      await server.close();
      await watching[Symbol.asyncDispose]();
      engine.lookBell[Symbol.dispose]();
      await engine.leases[Symbol.asyncDispose]();
      await engine.targets[Symbol.asyncDispose]();
      await database.drop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Enough of the engine to stop jobs; it does no work. */
function createEngine(
  db: Db,
  newId: NewId,
  { messageKeys }: Pick<QuietMessages, 'messageKeys'>,
): EngineContext {
  const log = pino({ level: 'silent' });
  return {
    db,
    replica: 'test',
    newId,
    transition: createTransition({ db, newId, deadlines: () => null }),
    leases: new LeaseKeeper({ db, replica: 'test', monotonicMs: () => performance.now() }),
    targets: new Targets({ db, factories: LOCAL_ADAPTERS, onEnded: () => undefined }),
    apps: new AppDefinitions(db),
    templates: new AppTemplates(),
    service: {
      publicUrl: () => URL_BASE,
      tenant: 'arras',
      formatTime: createTimeFormat('UTC'),
      heartbeatUrl: (id) => `${URL_BASE}/${id}`,
    },
    messageKeys,
    takeMessage: async () => 'later',
    times: {
      monitorEveryMs: 5_000,
      stopGraceMs: 10_000,
      transferStalledMs: 60_000,
      transferGiveUpMs: 900_000,
    },
    lookBell: new LookBell({ db, log }),
    health: { worked: () => undefined, failed: () => undefined },
    pressure: new Pressure(),
    slots: new TransferSlots({ limit: 8, ring: () => undefined }),
    archiveCheck: 'hash',
    log,
    now: () => new Date(),
  };
}

async function addUsers(db: Db, newId: NewId): Promise<Readonly<Record<ApiUser, string>>> {
  const tokens = { ada: 'token-of-ada', bob: 'token-of-bob', root: 'token-of-root' };
  for (const [username, token] of Object.entries(tokens)) {
    await insertProfile(db, { username, uuid: newId('profile'), is_admin: username === 'root' });
    await insertToken(db, { id: newId('token'), token_hash: hashToken(token), username, name: 'test' });
  }
  return tokens;
}

async function addSystems(db: Db, newId: NewId, root: string): Promise<void> {
  await mkdir(join(root, 'home'));
  const storage = { protocol: 'LOCAL', rootDir: root, homeDir: '/home', auth: LOCAL };
  const execution = {
    executionType: 'CLI',
    login: { protocol: 'LOCAL', auth: LOCAL },
    scratchDir: '/scratch',
  };
  const queues = [
    { name: 'short', maxRequestedTime: '01:00:00', maxNodes: 2, default: true },
    { name: 'long', maxNodes: 8 },
  ];
  const systems = [
    { body: { id: 'store', name: 'store', type: 'STORAGE', storage }, isPublic: true, isDefault: true },
    { body: { id: 'exec', name: 'exec', type: 'EXECUTION', storage, ...execution, queues }, isPublic: true },
    { body: { id: 'private', name: 'private', type: 'STORAGE', storage } },
  ];
  for (const { body, isPublic = false, isDefault = false } of systems) {
    const parsed = parseBody(systemRequestSchema, body);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const { id, type } = parsed.value;
    await insertSystem(db, {
      uuid: newId('system'),
      id,
      owner: 'root',
      type,
      is_public: isPublic,
      is_global_default: isDefault,
      definition: JSON.stringify(parsed.value),
    });
  }
}

async function addApp(db: Db, newId: NewId): Promise<void> {
  const parsed = parseBody(appRequestSchema, TEST_APP);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const app = {
    uuid: newId('app'),
    id: 'plot-0.1.0',
    owner: 'root',
    is_public: true,
    execution_system: 'exec',
  };
  await inTransaction(db, (tx) => insertApp(tx, app, parsed.value));
}
