import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { jobEnd, jobHistory, submitJob } from '../support/api.ts';
import { checkEvents, registerEffectsApp } from '../support/effects.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';
import { killAtCall } from '../support/kill-at-call.ts';
import type { TestService } from '../support/service.ts';
import { takeTurns } from '../support/sweep.ts';

/** What changes files: a process may die at each. Of one that is made often, also later ones. */
const CALLS = [
  ['mkdir', 1],
  ['openat', 3],
  ['fsync', 1],
  ['fsync', 2],
  ['rename', 1],
  ['rename', 2],
  ['fchmod', 1],
  ['unlink', 1],
  ['rmdir', 1],
] as const;

const CONTENT: readonly (readonly [path: string, content: string])[] = [
  ...Array.from(
    { length: 6 },
    (_, index) => [`tree/small-${index}`, `${index}`.repeat(1_000 + index)] as const,
  ),
  ['tree/deep/er/file', 'deep'],
  ['tree/large', 'x'.repeat(4 * 1024 * 1024)],
];

describe('kill -9 at each step', () => {
  let bed: FaultBed;
  let appId: string;
  const startWorker = (): Promise<TestService> =>
    bed.start(1, { environment: { ARRAS_ROLES: 'api,worker' } });
  before(async () => {
    // Jobs are accepted by one process and worked on by another, which is the one that dies.
    bed = await FaultBed.open({ environment: { ARRAS_ROLES: 'api' } });
    await startWorker();
    for (const [path, content] of CONTENT) {
      await mkdir(join(bed.root, 'home', path, '..'), { recursive: true });
      writeFileSync(join(bed.root, 'home', path), content);
    }
    appId = await registerEffectsApp(bed.api, bed.systems, {
      name: 'copying',
      body: 'cp -r tree made; until [[ -e go ]]; do sleep 0.05; done; rm go',
      inputs: [{ id: 'data', value: { required: true } }],
    });
  });
  after(() => bed[Symbol.asyncDispose]());

  /** Whatever has its final name is whole, at any moment. */
  function checkWhole(directory: string, mustBeThere: boolean): void {
    for (const [path, content] of CONTENT) {
      const file = join(directory, path);
      if (!mustBeThere && !existsSync(file)) continue;
      assert.equal(readFileSync(file, 'utf8'), content, `${file} is whole`);
    }
  }

  function checkNoParts(directory: string): void {
    if (!existsSync(directory)) return;
    const names = readdirSync(directory, { recursive: true }).map(String);
    assert.deepEqual(
      names.filter((name) => name.includes('.arras-part-')),
      [],
    );
  }

  const until = (what: string, check: () => Promise<boolean>) =>
    eventually(what, check, { timeoutMs: 60_000 });
  const isDead = () => !isAlive(bed.service(1).pid);
  const isRunning = async (id: string) => (await bed.row(id))['status'] === 'RUNNING';
  const letGo = async (id: string) => writeFileSync(join(await workOf(id), 'go'), '');

  /** Dies while the inputs come, or not at all. */
  const dieStaging = async (
    call: string,
    nth: number,
  ): Promise<{ readonly id: string; readonly died: boolean }> => {
    await using trap = await killAtCall(bed.service(1).pid, call, nth);
    assert.ok(trap);
    const id = await submit();
    await until('its inputs are there', async () => isDead() || isRunning(id));
    return { id, died: isDead() };
  };

  /** Dies while the output is archived and the work directory removed, or not at all. */
  const dieArchiving = async (
    call: string,
    nth: number,
  ): Promise<{ readonly id: string; readonly died: boolean }> => {
    const id = await submit();
    await until('it runs', () => isRunning(id));
    await using trap = await killAtCall(bed.service(1).pid, call, nth);
    assert.ok(trap);
    await letGo(id);
    await until('it is archived', async () => isDead() || (await bed.row(id))['work_removed_at'] !== null);
    return { id, died: isDead() };
  };

  const finish = async (id: string): Promise<void> => {
    const work = join(bed.root, String((await bed.row(id))['work_path']));
    const archive = join(bed.root, 'home', String((await bed.row(id))['archive_path']));
    const job = await jobEnd(bed.api, id, 60_000);
    assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
    await bed.checkFinishedOnce([id]);
    await checkEvents(bed.pool, id);
    checkWhole(archive, true);
    assert.equal(statSync(join(archive, 'made/large')).size, 4 * 1024 * 1024, 'the output is not lost');
    checkNoParts(archive);
    await eventually('the work directory is removed', () => !existsSync(work), { timeoutMs: 30_000 });
    const history = await jobHistory(bed.api, id);
    assert.equal(history.filter(({ progress }) => progress).length, 2, 'a transfer in, a transfer out');
  };

  const submit = async (): Promise<string> =>
    (await submitJob(bed.api, appId, { archive: true, inputs: { data: 'agave://store/tree' } })).id;
  const workOf = async (id: string) => join(bed.root, String((await bed.row(id))['work_path']));

  const restart = async (): Promise<void> => {
    await bed.kill(1);
    await startWorker();
  };

  test('of staging: nothing partial has its final name, and the job finishes once', async (t) => {
    const points = takeTurns(t, CALLS, { share: 2 });
    let deaths = 0;
    for (const [call, nth] of points) {
      const { id, died } = await dieStaging(call, nth);
      checkWhole(await workOf(id), false);
      deaths += died ? 1 : 0;
      if (died) await restart();
      await until('it runs', () => isRunning(id));
      checkWhole(await workOf(id), true);
      checkNoParts(await workOf(id));
      await letGo(id);
      await finish(id);
    }
    t.diagnostic(`${deaths} deaths at ${points.length} calls`);
    assert.ok(deaths >= points.length * 0.4, `only ${deaths} deaths`);
  });

  test('of archiving: no output is lost, nothing partial has its final name, and the job finishes once', async (t) => {
    const points = takeTurns(t, CALLS, { share: 2, shift: 1 });
    let deaths = 0;
    for (const [call, nth] of points) {
      const { id, died } = await dieArchiving(call, nth);
      checkWhole(join(bed.root, 'home', String((await bed.row(id))['archive_path'])), false);
      deaths += died ? 1 : 0;
      if (died) await restart();
      await finish(id);
    }
    t.diagnostic(`${deaths} deaths at ${points.length} calls`);
    assert.ok(deaths >= points.length * 0.5, `only ${deaths} deaths`);
  });
});

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
