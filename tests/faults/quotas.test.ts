import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { jobEnd, jobHistory, jobStatus, submitJob } from '../support/api.ts';
import { checkEvents, readEffects, registerEffectsApp } from '../support/effects.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';

describe('a system that takes two jobs at once', () => {
  let bed: FaultBed;
  before(async () => {
    bed = await FaultBed.open({ system: { maxSystemJobs: 2 } });
    await bed.start(1);
  });
  after(() => bed[Symbol.asyncDispose]());

  test('never runs a third, whoever starts it, and comes to the end of twelve without pauses', async (t) => {
    const appId = await registerEffectsApp(bed.api, bed.systems, { name: 'quick', body: 'sleep 0.3' });
    const since = performance.now();
    const jobs = await Promise.all(Array.from({ length: 12 }, () => submitJob(bed.api, appId)));
    await bed.untilAllEnd();
    const took = performance.now() - since;
    await bed.checkFinishedOnce(jobs.map(({ id }) => id));
    const changes = [...readEffects(bed.root).values()]
      .flat()
      .map(({ what, at }) => ({ at, change: what === 'start' ? 1 : -1 }))
      .toSorted((a, b) => a.at - b.at || a.change - b.change);
    let active = 0;
    const most = Math.max(...changes.map(({ change }) => (active += change)));
    t.diagnostic(`at most ${most} at once, ${Math.round(took)} ms`);
    assert.ok(most <= 2, `${most} ran at once`);
    assert.ok(took < 15_000, `it took ${Math.round(took)} ms`);
  });
});

/** The service, not its database, may write files up to this size: to it, the disk is full. */
const SMALL_DISK_BYTES = 1024 * 1024;

describe('what goes wrong while data is moved', () => {
  let bed: FaultBed;
  let appId: string;
  before(async () => {
    bed = await FaultBed.open();
    appId = await registerEffectsApp(bed.api, bed.systems, {
      name: 'copying',
      body: 'cp "${data}" result; until [[ -e go ]]; do sleep 0.05; done',
      inputs: [{ id: 'data', value: { required: true } }],
    });
  });
  after(() => bed[Symbol.asyncDispose]());

  const writeSource = (name: string, bytes: number) =>
    writeFile(join(bed.root, 'home', name), Buffer.alloc(bytes, 'x'));
  const submit = (name: string) =>
    submitJob(bed.api, appId, { archive: true, inputs: { data: `agave://store/${name}` } });
  const pathOf = async (id: string) => join(bed.root, String((await bed.row(id))['work_path']));
  const letGo = async (id: string) => writeFile(join(await pathOf(id), 'go'), '');

  function limitFiles(bytes: number | 'unlimited'): void {
    const { pid } = bed.service(0);
    const { status, stderr } = spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:unlimited`]);
    assert.equal(status, 0, stderr.toString());
  }

  test('an input that is gone when its turn comes fails the job at once, with the reason', async () => {
    await writeSource('gone.txt', 10);
    // Accepts jobs, but nobody works on them.
    await bed.kill(0);
    await bed.start(0, { environment: { ARRAS_ROLES: 'api' } });
    const { id } = await submit('gone.txt');
    await rm(join(bed.root, 'home', 'gone.txt'));
    await bed.kill(0);
    await bed.start(0);
    const job = await jobEnd(bed.api, id);
    assert.equal(job.status, 'FAILED');
    assert.match(String(job.lastStatusMessage), /gone\.txt does not exist/);
    assert.equal(Number((await bed.row(id))['staging_attempts']), 1);
    await checkEvents(bed.pool, id);
  });

  test('a full disk is tried three times, and then fails the job with the reason', async () => {
    await writeSource('large.txt', 2 * SMALL_DISK_BYTES);
    limitFiles(SMALL_DISK_BYTES);
    const { id } = await submit('large.txt');
    const job = await jobEnd(bed.api, id);
    limitFiles('unlimited');
    assert.equal(job.status, 'FAILED');
    assert.match(String(job.lastStatusMessage), /could not be staged: .*(full|larger)/);
    const history = await jobHistory(bed.api, id);
    const failures = history.filter(({ description }) =>
      /^Attempt \d to stage job inputs failed/.test(description ?? ''),
    );
    assert.equal(failures.length, 2);
    assert.equal(existsSync(join(await pathOf(id), 'large.txt')), false, 'no part of it has its final name');
    await checkEvents(bed.pool, id);
  });

  test('a disk that has room again in time lets the job go on', async () => {
    await writeSource('again.txt', 2 * SMALL_DISK_BYTES);
    limitFiles(SMALL_DISK_BYTES);
    const { id } = await submit('again.txt');
    await eventually('the first attempt fails', async () =>
      String((await bed.row(id))['last_message']).startsWith('Attempt 1 to stage'),
    );
    limitFiles('unlimited');
    await jobStatus(bed.api, id, 'RUNNING');
    await letGo(id);
    assert.equal((await jobEnd(bed.api, id)).status, 'FINISHED');
    await bed.checkFinishedOnce([id]);
  });

  test('an archive without room is reported, and the output stays where it is', async () => {
    await writeSource('output.txt', 2 * SMALL_DISK_BYTES);
    const { id } = await submit('output.txt');
    await jobStatus(bed.api, id, 'RUNNING');
    const output = join(await pathOf(id), 'result');
    await eventually('the output is written', () => readFileSync(output).length === 2 * SMALL_DISK_BYTES);
    limitFiles(SMALL_DISK_BYTES);
    await letGo(id);
    const job = await jobEnd(bed.api, id);
    limitFiles('unlimited');
    assert.equal(job.status, 'FINISHED');
    assert.match(
      String(job.lastStatusMessage),
      /its output was not archived and stays in the work directory/,
    );
    assert.ok((await jobHistory(bed.api, id)).some(({ status }) => status === 'ARCHIVING_FAILED'));
    assert.equal(readFileSync(output).length, 2 * SMALL_DISK_BYTES);
    const archived = join(bed.root, 'home', String((await bed.row(id))['archive_path']), 'result');
    assert.equal(existsSync(archived), false, 'no part of it has its final name');
    await checkEvents(bed.pool, id);
  });
});
