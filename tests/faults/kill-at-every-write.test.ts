import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { HistoryEntry } from '../../packages/contract/src/index.ts';
import { canMove } from '../../packages/server/src/domain/lifecycle.ts';
import {
  type Api,
  connectApi,
  jobEnd,
  jobHistory,
  registerApp,
  registerLocalSystems,
  submitJob,
} from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type DatabaseProxy, startDatabaseProxy } from '../support/database-proxy.ts';
import { startService, type TestService } from '../support/service.ts';
import { takeTurns } from '../support/sweep.ts';

/** The program leaves a line for each start and end, written in one append. */
const TEMPLATE = `printf 'start %s\\n' "\${AGAVE_JOB_ID}" >> "\${effects}"
cat "\${data}" > result.txt
printf 'end %s\\n' "\${AGAVE_JOB_ID}" >> "\${effects}"
`;

let database: TestDatabase;
let proxy: DatabaseProxy;
let root: string;
let service: TestService | null = null;
let api: Api;
let appId: string;
let writesOfALife = 0;

const effectsFile = () => join(root, 'effects.log');

async function start(): Promise<void> {
  service = await startService({ databaseUrl: proxy.url, environment: { ARRAS_MONITOR_INTERVAL: '1s' } });
}

before(async () => {
  database = await createTestDatabase();
  proxy = await startDatabaseProxy(database.url);
  root = await mkdtemp(join(tmpdir(), 'arras-sweep-'));
  await start();
  api = connectApi(() => service?.url ?? '');
  const systems = await registerLocalSystems(api, root);
  await writeFile(join(root, 'home', 'data.txt'), 'some input\n'.repeat(100));
  appId = await registerApp(api, systems, {
    name: 'effects',
    template: TEMPLATE,
    inputs: [{ id: 'data', value: { required: true } }],
    parameters: [{ id: 'effects', value: { required: true, type: 'string' } }],
  });
});

after(async () => {
  await service?.[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await database.drop();
  await rm(root, { recursive: true, force: true });
});

const request = (name: string) => ({
  name,
  archive: true,
  inputs: { data: 'agave://store/data.txt' },
  parameters: { effects: effectsFile() },
});

/** Every job that was accepted has started once, ended once and finished, with a history that makes sense. */
async function check(jobId: string): Promise<void> {
  const job = await jobEnd(api, jobId, 60_000);
  const history = await jobHistory(api, jobId);
  assert.equal(job.status, 'FINISHED', JSON.stringify(history.slice(-4)));
  const effects = (await readFile(effectsFile(), 'utf8')).split('\n').filter((line) => line.endsWith(jobId));
  assert.deepEqual(effects, [`start ${jobId}`, `end ${jobId}`]);
  checkHistory(history);
  const { rows } = await database.pool.query<{ seq: number }>(
    'select seq from job_events where job_id = $1 order by seq',
    [jobId],
  );
  assert.deepEqual(
    rows.map(({ seq }) => seq),
    rows.map((_, index) => index + 1),
  );
  const archived = await api.call<{ name: string }[]>('GET', `/jobs/v2/${jobId}/outputs/listings`);
  assert.ok(archived.some(({ name }) => name === 'result.txt'));
}

function checkHistory(history: readonly HistoryEntry[]): void {
  const statuses = history.map(({ status }) => status) as Parameters<typeof canMove>[0][];
  for (const [index, to] of statuses.entries()) {
    const from = statuses[index - 1];
    assert.ok(from === undefined || canMove(from, to), `${from} to ${to}`);
  }
  assert.equal(statuses.filter((status) => status === 'FINISHED').length, 1);
}

test("a job's life is counted in database writes", async () => {
  proxy.watch(
    () => 'pass',
    () => undefined,
  );
  const job = await submitJob(api, appId, request('count'));
  await check(job.id);
  writesOfALife = proxy.writes();
  proxy.unwatch();
  assert.ok(writesOfALife > 20, `only ${writesOfALife} writes were seen`);
});

for (const moment of ['before', 'after'] as const) {
  test(`kill -9 ${moment} each database write of a job's life loses nothing and starts nothing twice`, async (t) => {
    const writes = Array.from({ length: writesOfALife }, (_, index) => index + 1);
    // Other writes before than after, and all of them either way in the turns of four runs.
    const points = takeTurns(t, writes, { share: 4, shift: moment === 'before' ? 0 : 2 });
    let kills = 0;
    for (const at of points) {
      let killed = false;
      const job = await submitJob(api, appId, request(`${moment} ${at}`));
      proxy.watch(
        (write) => (write === at ? moment : 'pass'),
        () => {
          killed = true;
          kills += 1;
          process.kill(service?.pid ?? 0, 'SIGKILL');
        },
      );
      await Promise.race([service?.ended, jobEnd(api, job.id, 30_000).catch(() => undefined)]);
      proxy.unwatch();
      if (killed) {
        await service?.kill();
        await start();
      }
      await check(job.id);
    }
    t.diagnostic(`${kills} kills at ${writesOfALife} writes`);
    // The last writes of a life may fall after its end; a sweep that hits far fewer has missed its aim.
    assert.ok(kills >= points.length * 0.6, `only ${kills} kills`);
  });
}
