import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { ErrorEnvelope } from '../../packages/contract/src/index.ts';
import { hashToken, makeToken } from '../../packages/server/src/auth/token.ts';
import { type Db, openDatabase } from '../../packages/server/src/database/connection.ts';
import { insertProfile } from '../../packages/server/src/database/profiles.ts';
import { insertToken } from '../../packages/server/src/database/tokens.ts';
import { createIdSource } from '../../packages/server/src/domain/id-source.ts';
import { createTimeFormat } from '../../packages/server/src/domain/timestamp.ts';
import { Targets } from '../../packages/server/src/engine/targets.ts';
import type { HttpContext } from '../../packages/server/src/http/context.ts';
import { HANDLERS } from '../../packages/server/src/http/routes/handlers.ts';
import { createHttpServer, type HttpServerOptions } from '../../packages/server/src/http/server.ts';
import { GrowingFiles } from '../../packages/server/src/http/tail/growing-files.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { LOCAL_ADAPTERS } from './local-adapters.ts';
import { NO_HOSTS } from './no-hosts.ts';
import { quietMessages } from './quiet-messages.ts';
import {
  createTestLoad,
  createTestPolling,
  createTestRealtime,
  startTestFeed,
  type TestFeed,
} from './test-feed.ts';
import { createTestSessions } from './test-sessions.ts';

/** Users of a bed: an administrator and three others. */
export const BED_USERS = ['root', 'ada', 'bob', 'eve'] as const;
export type BedUser = (typeof BED_USERS)[number];

/** An answer, with its envelope when it has one. */
export interface BedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The parsed JSON; typed by what the test expects of it. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

/** The HTTP edge over a real database and real files, with no engine behind it. */
export interface HttpBed {
  readonly db: Db;
  readonly database: TestDatabase;
  readonly context: HttpContext;
  readonly server: FastifyInstance;
  readonly tokens: Readonly<Record<BedUser, string>>;
  /** Lines of the log as objects. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  /** Directory for the systems of a test. */
  readonly root: string;
  call(method: BedMethod, url: string, call?: BedCall): Promise<BedAnswer>;
  write(path: string, content: string): Promise<void>;
  close(): Promise<void>;
}

/** A method of HTTP. */
export type BedMethod = NonNullable<InjectOptions['method']>;

/** How to call. Default: as root, without a body. */
export interface BedCall {
  /** `null`: without a token. */
  readonly as?: BedUser | null;
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Starts a bed; `change` puts other parts into the context. */
export async function openHttpBed(
  change: (context: HttpContext) => Partial<HttpContext> = () => ({}),
  options: HttpServerOptions = {},
): Promise<HttpBed> {
  const database = await createTestDatabase();
  const db = openDatabase(database.pool);
  const root = await mkdtemp(join(tmpdir(), 'arras-http-'));
  const logged: Record<string, unknown>[] = [];
  const watching = await startTestFeed(database, db);
  const base = createContext(db, watching, (line) => logged.push(JSON.parse(line)));
  const context = { ...base, ...change(base) };
  const tokens = await addUsers(context);
  const server = createHttpServer(context, HANDLERS, options);
  return {
    db,
    database,
    context,
    server,
    tokens,
    logged,
    root,
    call: (method, url, call = {}) => inject(server, tokens, { method, url, ...call }),
    async write(path, content) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    },
    async close() {
      await context.realtime[Symbol.asyncDispose]();
      await server.close();
      await watching[Symbol.asyncDispose]();
      await context.targets[Symbol.asyncDispose]();
      await database.drop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** The code of an error, for short assertions. */
export function codeOf(answer: BedAnswer): ErrorEnvelope['code'] {
  return answer.json.code;
}

async function inject(
  server: FastifyInstance,
  tokens: Readonly<Record<BedUser, string>>,
  { method, url, as = 'root', token, body, headers = {} }: BedCall & { method: BedMethod; url: string },
): Promise<BedAnswer> {
  const bearer = token ?? (as === null ? undefined : tokens[as]);
  const answer = await server.inject({
    method,
    url,
    headers: {
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = answer.payload;
  const isJson = String(answer.headers['content-type']).startsWith('application/json') && text !== '';
  return { status: answer.statusCode, headers: answer.headers, text, json: isJson ? JSON.parse(text) : null };
}

function createContext(db: Db, { feed, db: reading }: TestFeed, write: (line: string) => void): HttpContext {
  const impossible = () => Promise.reject(new Error('there is no engine in this test'));
  const view = {
    publicUrl: () => 'https://api.example.org',
    tenant: 'arras',
    formatTime: createTimeFormat('UTC'),
  };
  const metrics = new Registry();
  const newId = createIdSource({ nowMs: () => Date.now(), randomBytes });
  return {
    db,
    newId,
    ...view,
    version: '2.4.9-rtest',
    feed,
    polling: createTestPolling({ db, feed, view, metrics }),
    realtime: createTestRealtime({ db: reading, feed, view }),
    growingFiles: new GrowingFiles(),
    log: pino({ level: 'debug' }, { write }),
    now: () => new Date(),
    isReady: () => Promise.resolve({ status: 'ready', checks: { database: 'ok' } }),
    metrics,
    load: createTestLoad(reading, metrics, view),
    openApi: '{"openapi":"3.1.0"}',
    randomBytes,
    ...createTestSessions({ db, newId, publicUrl: view.publicUrl }),
    hosts: NO_HOSTS,
    targets: new Targets({
      db,
      factories: LOCAL_ADAPTERS,
      onEnded: () => undefined,
    }),
    stagingDeadlineMs: 60_000,
    maxUploadBytes: null,
    engine: {
      stopJob: impossible,
      pauseJob: impossible,
      resumeJob: impossible,
      hearMessage: impossible,
    },
    ...quietMessages(),
  };
}

async function addUsers({ db, newId }: HttpContext): Promise<Readonly<Record<BedUser, string>>> {
  const pairs = BED_USERS.map((username) => [username, makeToken(randomBytes(32))] as const);
  for (const [username, token] of pairs) {
    await insertProfile(db, { username, uuid: newId('profile'), is_admin: username === 'root' });
    await insertToken(db, { id: newId('token'), token_hash: hashToken(token), username, name: 'test' });
  }
  return Object.fromEntries(pairs) as Record<BedUser, string>;
}

/** Descriptions of systems on this host. */
export function localSystem(id: string, rootDir: string, type: 'EXECUTION' | 'STORAGE', more: object = {}) {
  const auth = { type: 'LOCAL' };
  const storage = { protocol: 'LOCAL', rootDir, homeDir: '/home', auth };
  const execution = { executionType: 'CLI', login: { protocol: 'LOCAL', auth }, scratchDir: '/scratch' };
  return { id, name: id, type, storage, ...(type === 'EXECUTION' && execution), ...more };
}

/** The description of the app whose files are in `apps/wc` below the home of the storage system. */
export function wordCount(more: object = {}) {
  return {
    name: 'wc',
    version: '1.0',
    parallelism: 'SERIAL',
    executionType: 'CLI',
    executionSystem: 'exec',
    deploymentSystem: 'store',
    deploymentPath: 'apps/wc',
    templatePath: 'wrapper.sh',
    testPath: 'test.sh',
    ...more,
  };
}

/** Registers public systems `exec` and `store` and writes the files of the app. */
export async function addSystems(bed: HttpBed): Promise<void> {
  await bed.write('home/apps/wc/wrapper.sh', 'wc -l input\n');
  for (const [id, type] of [
    ['store', 'STORAGE'],
    ['exec', 'EXECUTION'],
  ] as const) {
    const made = await bed.call('POST', '/systems/v2', { body: localSystem(id, bed.root, type) });
    if (made.status !== 201) throw new Error(made.text);
    await bed.call('PUT', `/systems/v2/${id}`, { body: { action: 'publish' } });
  }
}
