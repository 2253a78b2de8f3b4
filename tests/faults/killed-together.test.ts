import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Api,
  connectApi,
  jobEnd,
  jobHistory,
  type LocalSystems,
  registerLocalSystems,
  submitJob,
} from '../support/api.ts';
import { checkHistory, effectsOf, registerEffectsApp } from '../support/effects.ts';
import { makeDataDirectory, postmasterPid, removeDataDirectory } from '../support/embedded-service.ts';
import { createSeeded } from '../support/seeded.ts';
import { startService, type TestService } from '../support/service.ts';

const ROUNDS = 3;
const SEED = 7;

let dataDirectory: string;
let root: string;
let services: TestService[] = [];
let systems: LocalSystems;
const random = createSeeded(SEED);
const api: Api = connectApi(() => services[0]?.url ?? '');

/** Three services on one data directory share its PostgreSQL. */
async function startAll(): Promise<void> {
  const options = {
    dataDirectory,
    environment: { ARRAS_MONITOR_INTERVAL: '1s', ARRAS_DATABASE_CONNECTIONS: '10' },
  };
  const first = await startService(options);
  services = [first, ...(await Promise.all([startService(options), startService(options)]))];
}

before(async () => {
  dataDirectory = await makeDataDirectory();
  root = await mkdtemp(join(tmpdir(), 'arras-together-'));
  await startAll();
  systems = await registerLocalSystems(api, root);
});
after(async () => {
  for (const service of services) await service[Symbol.asyncDispose]();
  await removeDataDirectory(dataDirectory);
  await rm(root, { recursive: true, force: true });
});

test('replicas and PostgreSQL killed together lose nothing that was accepted', async () => {
  const appId = await registerEffectsApp(api, systems, { name: 'quick', body: 'sleep 0.$((RANDOM % 10))' });
  const accepted: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const load = new AbortController();
    const submitting = (async () => {
      while (!load.signal.aborted) {
        const service = random.pick(services);
        const job = await submitJob(
          connectApi(() => service.url),
          appId,
        ).catch(() => null);
        if (job !== null) accepted.push(job.id);
        await delay(30);
      }
    })();
    await delay(random.between(1_000, 2_500));
    const pids = [await postmasterPid(dataDirectory), ...services.map(({ pid }) => pid)];
    spawnSync('kill', ['-9', ...pids.map(String)]);
    await Promise.all(services.map(({ ended }) => ended));
    load.abort();
    await submitting;
    await startAll();
  }
  assert.ok(accepted.length > 30, `only ${accepted.length} jobs were accepted`);
  for (const id of accepted) {
    const job = await jobEnd(api, id, 60_000);
    assert.equal(job.status, 'FINISHED', `${id}: ${job.lastStatusMessage}`);
    assert.deepEqual(effectsOf(root, id), ['start', 'end'], id);
    checkHistory(await jobHistory(api, id));
  }
});
