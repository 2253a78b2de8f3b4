import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { JobView } from '../../packages/contract/src/index.ts';
import { connectApi, jobEnd, jobHistory, jobStatus, registerApp, submitJob } from '../support/api.ts';
import { checkEvents, effectsOf, readEffects, registerEffectsApp } from '../support/effects.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';
import { isAlive } from '../support/fork-bed.ts';

/** RELIABILITY P9: longest time until a stopped program's processes are gone. */
const STOP_MS = 10_000;

let bed: FaultBed;
/** Waits until a file `go` lies in its work directory. */
let waiting: string;

before(async () => {
  bed = await FaultBed.open({ throughProxy: true, environment: { ARRAS_STOP_GRACE: '1s' } });
  waiting = await registerEffectsApp(bed.api, bed.systems, {
    name: 'waiting',
    body: 'sleep 301 & setsid sleep 302 & until [[ -e go ]]; do sleep 0.05; done; kill %1; pkill -P $$ sleep; :',
  });
});
after(() => bed[Symbol.asyncDispose]());

const app = (name: string, body: string, more: Readonly<Record<string, unknown>> = {}) =>
  registerEffectsApp(bed.api, bed.systems, { name, body, ...more });

/** Submits a job and waits until its program says who it is. */
async function startProgram(appId: string): Promise<{ id: string; program: number; wrapper: number }> {
  const { id } = await submitJob(bed.api, appId);
  const [program = 0, wrapper = 0] = await eventually('the program starts', async () => {
    const path = join(bed.root, String((await bed.row(id))['work_path']));
    const words = readFileSync(join(path, `test-job-${id}.out`), 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    return words.length === 2 ? words : null;
  });
  await jobStatus(bed.api, id, 'RUNNING');
  return { id, program, wrapper };
}

const letGo = async (id: string) =>
  writeFile(join(bed.root, String((await bed.row(id))['work_path']), 'go'), '');

const stop = (id: string, action = 'stop') => bed.api.request('POST', `/jobs/v2/${id}`, { action });

/** Waits for the end and checks status, reason, history, and that no process is left. */
async function checkEnd(id: string, status: string, reason: RegExp): Promise<void> {
  const job = await jobEnd(bed.api, id);
  assert.equal(job.status, status, String(job.lastStatusMessage));
  assert.match(String(job.lastStatusMessage), reason);
  await checkEvents(bed.pool, id);
  await eventually(
    'the processes of the job are gone',
    async () => (await bed.processesOf(id)).length === 0,
    {
      timeoutMs: 3 * STOP_MS,
    },
  );
}

describe('the end of a program', () => {
  test('that exits with 3 is a failure that names the code', async () => {
    const { id } = await submitJob(bed.api, await app('three', 'exit 3'));
    await checkEnd(id, 'FAILED', /exit code 3/);
  });

  test('that is killed is a failure that names the signal and exit code 137', async () => {
    const { id, program } = await startProgram(await app('sleeping', 'sleep 303'));
    process.kill(program, 'SIGKILL');
    const job = await jobEnd(bed.api, id);
    assert.equal(job.status, 'FAILED');
    assert.match(String(job.lastStatusMessage), /signal 9 \(SIGKILL\), exit code 137/);
    await checkEvents(bed.pool, id);
    for (const { pid } of await bed.processesOf(id)) process.kill(pid, 'SIGKILL'); // Its orphaned child.
  });

  test('without its wrapper leaves the job running until then, and is never a success', async () => {
    const { id, wrapper, program } = await startProgram(
      await app('lonely', 'until [[ -e go ]]; do sleep 0.05; done'),
    );
    process.kill(wrapper, 'SIGKILL');
    await eventually(
      'the job is looked at again',
      async () => (await bed.api.call<JobView>('GET', `/jobs/v2/${id}`)).remoteStatusChecks >= 2,
    );
    assert.equal((await bed.row(id))['status'], 'RUNNING');
    assert.ok(isAlive(program));
    await letGo(id);
    await checkEnd(id, 'FAILED', /ended without an exit status/);
    assert.deepEqual(effectsOf(bed.root, id), ['start', 'end']);
  });

  test('whose work directory was deleted meanwhile keeps its true verdict', async () => {
    const { id, program } = await startProgram(await app('homeless', 'exec sleep 304'));
    const path = join(bed.root, String((await bed.row(id))['work_path']));
    await rm(path, { recursive: true });
    process.kill(program, 'SIGTERM');
    await checkEnd(id, 'FAILED', /signal 15 \(SIGTERM\), exit code 143/);
    assert.throws(() => readFileSync(path));
  });

  test('that runs longer than its maxRunTime is a failure with the reason', async () => {
    const { id } = await submitJob(bed.api, waiting, { maxRunTime: '00:00:01' });
    await checkEnd(id, 'FAILED', /longer than its maxRunTime of 00:00:01/);
    assert.deepEqual(effectsOf(bed.root, id), ['start']);
  });
});

describe('a program that cannot be started', () => {
  test('because its template is gone fails its job and names the file', async () => {
    const appId = await app('vanished', ':');
    await rm(join(bed.root, 'home/apps/vanished/wrapper.sh'));
    const { id } = await submitJob(bed.api, appId);
    await checkEnd(id, 'FAILED', /wrapper\.sh|no such file/);
    assert.deepEqual(effectsOf(bed.root, id), []);
  });

  test('because its deployment directory is gone fails its job', async () => {
    const appId = await app('undeployed', ':');
    await rm(join(bed.root, 'home/apps/undeployed'), { recursive: true });
    const { id } = await submitJob(bed.api, appId);
    await checkEnd(id, 'FAILED', /apps\/undeployed/);
  });

  test('because its command does not exist fails with exit code 127', async () => {
    const appId = await registerApp(bed.api, bed.systems, {
      name: 'missing',
      template: 'exec /no/such/program\n',
    });
    const { id } = await submitJob(bed.api, appId);
    await checkEnd(id, 'FAILED', /exit code 127/);
  });
});

test('a service killed between a start and storing it adopts the program', async () => {
  let killed = false;
  bed.proxy.watch(
    (_write, _statement, sent) => (!killed && sent.includes('"status":"QUEUED"') ? 'before' : 'pass'),
    () => {
      killed = true;
      process.kill(bed.service(0).pid, 'SIGKILL');
    },
  );
  const { id } = await submitJob(bed.api, waiting);
  await eventually('the service dies', () => killed);
  bed.proxy.unwatch();
  await bed.kill(0);
  assert.equal((await bed.row(id))['status'], 'STAGING_JOB');
  await bed.start(0, { databaseUrl: bed.proxy.url });
  await jobStatus(bed.api, id, 'RUNNING');
  assert.equal((await bed.row(id))['try_number'], 1);
  await letGo(id);
  await checkEnd(id, 'FINISHED', /./);
  assert.deepEqual(effectsOf(bed.root, id), ['start', 'end']);
});

describe('a stop', () => {
  test('ends a running program and everything it started', async () => {
    const { id } = await startProgram(waiting);
    assert.ok((await bed.processesOf(id)).length >= 3);
    const since = performance.now();
    assert.equal((await stop(id)).status, 200);
    await checkEnd(id, 'STOPPED', /stopped at the request of admin/i);
    assert.ok(performance.now() - since < 2 * STOP_MS);
    assert.deepEqual(effectsOf(bed.root, id), ['start']);
  });

  test('ends a program that ignores it after the grace time', async () => {
    const { id } = await startProgram(await app('stubborn', "trap '' TERM; while :; do sleep 0.05; done"));
    assert.equal((await stop(id)).status, 200);
    await checkEnd(id, 'STOPPED', /./);
  });

  test('by kill ends a program at once as KILLED', async () => {
    const { id } = await startProgram(await app('killable', "trap '' TERM; sleep 305; sleep 306"));
    assert.equal((await stop(id, 'kill')).status, 200);
    await checkEnd(id, 'KILLED', /killed at user request/);
  });

  test('of a job that waits for its disabled system ends it at once', async () => {
    const spare = {
      ...(await bed.api.call<Record<string, unknown>>('GET', '/systems/v2/local')),
      id: 'spare',
    };
    await bed.api.call('POST', '/systems/v2', spare);
    const onSpare = await app('spared', ':', { executionSystem: 'spare' });
    // Disabled in the moment in which the job is accepted.
    await bed.pool.query(`
      create function disable_spare() returns trigger language plpgsql as
        $$ begin update systems set available = false where id = 'spare'; return new; end $$;
      create trigger disable_spare before insert on jobs
        for each row when (new.name = 'too late') execute function disable_spare()`);
    const { id } = await submitJob(bed.api, onSpare, { name: 'too late' });
    await eventually('the job waits', async () =>
      /spare is disabled/.test(String((await bed.row(id))['last_message'])),
    );
    const stopped = await bed.api.call<JobView>('POST', `/jobs/v2/${id}`, { action: 'stop' });
    assert.equal(stopped.status, 'STOPPED');
    await checkEnd(id, 'STOPPED', /stopped at the request of admin/i);
    assert.deepEqual(effectsOf(bed.root, id), []);
  });

  test('by deletion ends a running program and hides the job', async () => {
    const { id } = await startProgram(waiting);
    assert.equal((await bed.api.request('DELETE', `/jobs/v2/${id}`)).status, 200);
    assert.equal((await bed.api.request('GET', `/jobs/v2/${id}`)).status, 404);
    await eventually('the job has ended', async () => (await bed.row(id))['status'] === 'STOPPED');
    await eventually('its processes are gone', async () => (await bed.processesOf(id)).length === 0);
    await checkEvents(bed.pool, id);
  });

  test('that races with the launch leaves no start after its answer', async (t) => {
    const outcomes = new Map<string, number>();
    const late: number[] = [];
    for (let batch = 0; batch < 10; batch += 1) {
      await Promise.all(
        [0, 1, 2, 3].map(async (lane) => {
          const { id } = await submitJob(bed.api, waiting);
          // Most of the moments fall into the launch itself.
          const due =
            performance.now() + (batch < 8 ? (batch * 4 + lane) * 3 : 100 + (batch - 8) * 100 + lane * 20);
          await eventually('the moment has come', () => performance.now() >= due, { intervalMs: 1 });
          const answer = await stop(id);
          const answeredAt = Date.now();
          assert.equal(answer.status, 200, JSON.stringify(answer.body));
          await checkEnd(id, 'STOPPED', /./);
          const starts = (readEffects(bed.root).get(id) ?? []).filter(({ what }) => what === 'start');
          late.push(...starts.map(({ at }) => at - answeredAt).filter((ms) => ms > 0));
          const outcome = starts.length === 0 ? 'never started' : 'stopped';
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }),
      );
    }
    t.diagnostic(
      `${JSON.stringify(Object.fromEntries(outcomes))}, late by ${late.map(Math.round).join(', ')} ms`,
    );
    assert.deepEqual(late, []);
  });

  test('that races with the natural end, twenty times over two replicas, leaves one end', async () => {
    await bed.start(1);
    const apis = [bed.api, connectApi(() => bed.service(1).url)];
    for (const pauseMs of [0, 20, 40, 60, 80, 120]) {
      const { id } = await submitJob(bed.api, await quickAfter(pauseMs));
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (apis[index % 2] ?? bed.api).request('POST', `/jobs/v2/${id}`, {
            action: index % 5 === 4 ? 'kill' : 'stop',
          }),
        ),
      );
      assert.ok(
        answers.every(({ status }) => status === 200 || status === 409),
        JSON.stringify(answers.map((a) => a.status)),
      );
      await jobEnd(bed.api, id);
      await checkEvents(bed.pool, id);
      const status = (await bed.row(id))['status'];
      await stop(id, 'kill');
      assert.equal((await bed.row(id))['status'], status, 'an end is final');
      assert.equal((await jobHistory(bed.api, id)).at(-1)?.status, status);
    }
  });
});

let made = 0;
async function quickAfter(ms: number): Promise<string> {
  made += 1;
  return app(`after${made}`, `sleep ${ms / 1000}`);
}
