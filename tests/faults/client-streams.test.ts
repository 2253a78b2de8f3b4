import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Client, createClient } from '../../packages/client/src/index.ts';
import type { JobEvent } from '../../packages/contract/src/index.ts';
import {
  type Api,
  connectApi,
  jobHistory,
  registerApp,
  registerLocalSystems,
  submitJob,
} from '../support/api.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { ADMIN_TOKEN, startService, type TestService } from '../support/service.ts';

/** A proxy before the service that can break all its connections. */
interface Cutter extends AsyncDisposable {
  readonly url: string;
  cut(): void;
}

async function startCutter(target: () => string): Promise<Cutter> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = createConnection(Number(new URL(target()).port), '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

let stack: AsyncDisposableStack;
let service: TestService;
let api: Api;
let cutter: Cutter;
let client: Client;
let restart: () => Promise<void>;

before(async () => {
  stack = new AsyncDisposableStack();
  const database = await createTestDatabase();
  stack.defer(() => database.drop());
  const directory = await mkdtemp(join(tmpdir(), 'arras-streams-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const begin = (environment: Record<string, string> = {}) =>
    startService({ databaseUrl: database.url, dataDirectory: join(directory, 'data'), environment });
  service = await begin();
  stack.defer(() => service[Symbol.asyncDispose]());
  const { port } = new URL(service.url);
  restart = async () => {
    await service.kill();
    service = await begin({ ARRAS_PORT: port });
  };
  api = connectApi(() => service.url);
  const systems = await registerLocalSystems(api, join(directory, 'systems'));
  await registerApp(api, systems, { name: 'nap', template: 'sleep 2\n' });
  cutter = stack.use(await startCutter(() => service.url));
  client = createClient({ url: cutter.url, token: ADMIN_TOKEN });
});
after(() => stack.disposeAsync());

const submitSome = (count: number) =>
  Promise.all(Array.from({ length: count }, () => submitJob(api, 'nap-1.0'))).then((jobs) =>
    jobs.map(({ id }) => id),
  );

/** Breaks all connections again and again until the work is done. */
async function whileCutting<Result>(work: Promise<Result>): Promise<Result> {
  const timer = setInterval(() => cutter.cut(), 150);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

/** Every event once, in order; the history has all of them but that the job was created. */
async function assertWhole(events: readonly JobEvent[], ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const [first, ...mine] = events.filter(({ job }) => job.id === id);
    const history = await jobHistory(api, id);
    assert.deepEqual([first?.seq, first?.name], [1, 'CREATED']);
    assert.deepEqual(
      mine.map(({ seq, id: event, name }) => [seq, event, name]),
      history.map(({ seq, id: event, status }) => [seq, event, status]),
    );
    assert.equal(mine.at(-1)?.status, 'FINISHED');
  }
}

test('jobs that are watched while every connection is cut six times a second and the service is killed give each event once, in order', async () => {
  const ids = await submitSome(6);
  const [alone = ''] = ids;
  const events: JobEvent[] = [];
  const lone: JobEvent[] = [];
  const watching = Promise.all([
    (async () => {
      for await (const event of client.jobs.watch(ids)) events.push(event);
    })(),
    (async () => {
      for await (const event of client.jobs.watch(alone)) lone.push(event);
    })(),
    client.jobs.wait(ids),
  ]);
  const killing = eventually('the jobs run', () => events.some(({ name }) => name === 'RUNNING'), {
    timeoutMs: 30_000,
  }).then(restart);
  const [[, , outcomes]] = await whileCutting(Promise.all([watching, killing]));
  await assertWhole(events, ids);
  await assertWhole(lone, [alone]);
  assert.ok(outcomes.every(({ status }) => status === 'FINISHED'));
});

test('the stream of all jobs gives each event once, in order, while it is cut', async () => {
  const leave = new AbortController();
  const events: JobEvent[] = [];
  let ids: readonly string[] = [];
  const reading = (async () => {
    for await (const news of client.jobs.events({ signal: leave.signal })) {
      if (news.kind === 'begun') ids = await submitSome(4);
      if (news.kind === 'event') events.push(news.event);
      const ends = events.filter(({ name, job }) => name === 'FINISHED' && ids.includes(job.id));
      if (ids.length > 0 && ends.length === ids.length) return;
    }
  })();
  await whileCutting(reading);
  await assertWhole(
    events.filter(({ job }) => ids.includes(job.id)),
    ids,
  );
});

test('without cuts a job is watched by one stream and nothing else', async () => {
  const [id = ''] = await submitSome(1);
  const paths: string[] = [];
  const counting = createClient({
    url: service.url,
    token: ADMIN_TOKEN,
    fetch: (url, init) => {
      const request = new Request(url, init);
      paths.push(new URL(request.url).pathname);
      return fetch(request);
    },
  });
  const events: JobEvent[] = [];
  for await (const event of counting.jobs.watch(id)) events.push(event);
  await assertWhole(events, [id]);
  assert.deepEqual(paths, [`/jobs/v2/${id}/events`]);
});
