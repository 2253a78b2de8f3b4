import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { DeliveryView, JobView, NotificationSummary } from '../../packages/contract/src/index.ts';
import { jobEnd, jobHistory, jobStatus, submitJob } from '../support/api.ts';
import { checkEvents, readEffects } from '../support/effects.ts';
import { eventually } from '../support/eventually.ts';
import { openSlurmServiceBed, type SlurmServiceBed } from '../support/slurm-service-bed.ts';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 50 };
const WAIT = 'while [[ ! -e go ]]; do sleep 0.1; done';
/** Says what it does, with data, and waits. */
const SPEAKING = `\${AGAVE_JOB_CALLBACK_ALIVE}
STEP=1 OF='a "b"'
\${AGAVE_JOB_CALLBACK_NOTIFICATION|STEP_DONE|STEP,of:OF}
arras-notify LAST_STEP of=2
${WAIT}
\${AGAVE_JOB_CALLBACK_ALIVE}`;

describe('what jobs on Slurm say, without a route to the service', () => {
  let slurm: SlurmServiceBed;
  let speaking: string;
  let waiting: string;
  before(async () => {
    // Nobody listens there: all that reaches the service comes by way of the spool.
    slurm = await openSlurmServiceBed({
      environment: { ARRAS_PUBLIC_URL: 'http://127.0.0.1:1', ARRAS_MONITOR_INTERVAL: '10s' },
    });
    speaking = await slurm.registerApp('speaking', SPEAKING);
    waiting = await slurm.registerApp('waiting', WAIT);
  });
  afterEach(() => slurm.cluster.run('scancel', '--user=root'));
  after(() => slurm?.[Symbol.asyncDispose]());

  const api = () => slurm.bed.api;
  const submit = (appId: string, more = {}) => submitJob(api(), appId, { maxRunTime: '00:30:00', ...more });
  const workOf = ({ outputPath }: Pick<JobView, 'outputPath'>) =>
    join(slurm.bed.root, 'scratch', outputPath ?? '');
  const go = (job: JobView) => writeFileSync(join(workOf(job), 'go'), '');
  const spool = () => join(slurm.bed.root, 'scratch/.arras-spool');
  const news = () => join(spool(), 'news');
  const names = async (id: string) =>
    (await jobHistory(api(), id))
      .map((entry) => entry.status)
      .filter((status) =>
        ['QUEUED', 'RUNNING', 'HEARTBEAT', 'STEP_DONE', 'LAST_STEP', 'CLEANING_UP'].includes(status),
      );
  const said = (id: string, expected: readonly string[]) =>
    eventually(
      `it said ${expected.join(', ')}`,
      async () => {
        assert.deepEqual(await names(id), expected);
        return true;
      },
      PATIENCE,
    );
  const isQuiet = () => eventually('all is taken', () => readdirSync(news()).length === 0, PATIENCE);

  test('its start, its heartbeats and its events with their data arrive once, in order', async () => {
    const notifications = [{ url: 'ada@example.org', event: 'STEP_DONE', persistent: true }];
    const { id } = await submit(speaking, { notifications });
    await said(id, ['QUEUED', 'RUNNING', 'HEARTBEAT', 'STEP_DONE', 'LAST_STEP']);
    go(await jobStatus(api(), id, 'RUNNING'));
    assert.equal((await jobEnd(api(), id, 60_000)).status, 'FINISHED');
    await checkEvents(slurm.bed.pool, id);
    await isQuiet();
    const [subscription] = await api().call<NotificationSummary[]>(
      'GET',
      `/notifications/v2?associatedUuid=${id}`,
    );
    const deliveries = await api().call<DeliveryView[]>(
      'GET',
      `/notifications/v2/${subscription?.id}/deliveries`,
    );
    assert.equal(deliveries.length, 1);
    const { rows } = await slurm.bed.pool.query<{ data: unknown }>(
      "select data from job_events where job_id = $1 and name = 'STEP_DONE'",
      [id],
    );
    assert.deepEqual(rows, [{ data: { CUSTOM_USER_JOB_EVENT_NAME: 'STEP_DONE', STEP: '1', of: 'a "b"' } }]);
  });

  test('starts and ends are seen within about a second, though nobody looks at the queue', async (t) => {
    const brief = await slurm.registerApp('brief', 'sleep 3');
    const jobs = await Promise.all(Array.from({ length: 12 }, () => submit(brief)));
    for (const { id } of jobs) assert.equal((await jobEnd(api(), id, 60_000)).status, 'FINISHED');
    const delays = { RUNNING: [] as number[], CLEANING_UP: [] as number[] };
    for (const { id } of jobs) await addDelays(slurm.bed, id, delays);
    t.diagnostic(
      JSON.stringify({ RUNNING: summarise(delays.RUNNING), CLEANING_UP: summarise(delays.CLEANING_UP) }),
    );
    assert.ok(delays.RUNNING.every((delay) => delay < 30_000));
  });

  test('the last words of programs that end at once are heard before the verdict', async () => {
    const brief = await slurm.registerApp(
      'last-words',
      '${AGAVE_JOB_CALLBACK_NOTIFICATION|STEP_DONE|X}\n${AGAVE_JOB_CALLBACK_NOTIFICATION|LAST_STEP|X}',
    );
    const jobs = await Promise.all(Array.from({ length: 10 }, () => submit(brief)));
    for (const { id } of jobs) {
      assert.equal((await jobEnd(api(), id, 60_000)).status, 'FINISHED');
      assert.deepEqual(await names(id), ['QUEUED', 'RUNNING', 'STEP_DONE', 'LAST_STEP', 'CLEANING_UP']);
      await checkEvents(slurm.bed.pool, id);
    }
    await isQuiet();
  });

  test('what was said while the service was away is all there after its return, once and in order', async () => {
    const talkative = await slurm.registerApp(
      'talkative',
      `${WAIT}\nfor N in 1 2 3 4 5 6 7 8; do \${AGAVE_JOB_CALLBACK_NOTIFICATION|STEP_DONE|N}; done; touch said\n${WAIT.replace('go', 'go2')}`,
    );
    const { id } = await submit(talkative);
    const job = await jobStatus(api(), id, 'RUNNING');
    await slurm.bed.kill(0);
    go(job);
    await eventually('it has spoken', () => readdirSync(workOf(job)).includes('said'), PATIENCE);
    // The word of its start may be among them, when it was RUNNING by another way before.
    assert.ok(readdirSync(news()).length >= 8);
    await slurm.bed.start(0);
    await said(id, ['QUEUED', 'RUNNING', ...Array.from({ length: 8 }, () => 'STEP_DONE')]);
    const { rows } = await slurm.bed.pool.query<{ n: string }>(
      "select data ->> 'N' as n from job_events where job_id = $1 and name = 'STEP_DONE' order by seq",
      [id],
    );
    assert.deepEqual(
      rows.map(({ n }) => n),
      ['1', '2', '3', '4', '5', '6', '7', '8'],
    );
    writeFileSync(join(workOf(job), 'go2'), '');
    assert.equal((await jobEnd(api(), id, 60_000)).status, 'FINISHED');
  });

  test('messages are taken again after sshd was killed and came back', async () => {
    const { id } = await submit(speaking);
    await said(id, ['QUEUED', 'RUNNING', 'HEARTBEAT', 'STEP_DONE', 'LAST_STEP']);
    await slurm.sshd.stop();
    go(await jobStatus(api(), id, 'RUNNING'));
    await eventually('its last word lies there', () => readdirSync(news()).length > 0, PATIENCE);
    await slurm.sshd.start();
    assert.equal((await jobEnd(api(), id, 90_000)).status, 'FINISHED');
  });

  test('forged, foreign, replayed and broken messages move nothing, and are gone', async () => {
    const held = await submit(waiting, { batchQueue: 'normal', processorsPerNode: 64 });
    await jobStatus(api(), held.id, 'RUNNING');
    const queued = await submit(waiting, { processorsPerNode: 64 });
    await jobStatus(api(), queued.id, 'QUEUED');
    const number = (index: number) => `17640000000000000${String(index).padStart(2, '0')}`;
    const put = (name: string, content: string) => {
      mkdirSync(news(), { recursive: true });
      writeFileSync(join(news(), `.${name}`), content);
      renameSync(join(news(), `.${name}`), join(news(), name));
    };
    const forge = (id: string, index: number, kind: string, data = '') =>
      put(
        `tj-${id}-1.${number(index)}`,
        `arras-message 1 tj-${id}-1 ${number(index)} ${kind} ${'0'.repeat(64)}\n${data}`,
      );
    forge(queued.id, 1, 'RUNNING');
    forge(queued.id, 2, 'FINISHED');
    forge(held.id, 3, 'HEARTBEAT');
    put(`tj-${held.id}-1.${number(4)}`, 'x'.repeat(100_000));
    // Signed with the key of another job: by its own command, under a false name.
    const work = workOf(await jobStatus(api(), held.id, 'RUNNING'));
    const script = 'ARRAS_TRY=$1 ARRAS_SPOOL=$2 exec "$3"/.arras/arras-notify';
    execFileSync('bash', ['-c', script, 'x', `tj-${queued.id}-1`, spool(), work]);
    await isQuiet();
    assert.deepEqual(await names(queued.id), ['QUEUED']);
    assert.deepEqual(await names(held.id), ['QUEUED', 'RUNNING']);
    const log = slurm.bed.service(0).log();
    for (const reason of ['badly signed', 'malformed'])
      assert.match(log, new RegExp(`"reason":"${reason}".*message.dropped`));
    assert.doesNotMatch(log, /xxxx/);

    // A good one, kept and put there again; then by the next try of the job.
    execFileSync('bash', ['-c', script, 'x', `tj-${held.id}-1`, spool(), work]);
    await said(held.id, ['QUEUED', 'RUNNING', 'HEARTBEAT']);
    const again = join(slurm.bed.root, 'kept');
    const { pid } = slurm.bed.service(0);
    process.kill(pid, 'SIGSTOP');
    execFileSync('bash', ['-c', script, 'x', `tj-${held.id}-1`, spool(), work]);
    const [file = ''] = readdirSync(news()).filter((name) => name.startsWith('tj-'));
    copyFileSync(join(news(), file), again);
    process.kill(pid, 'SIGCONT');
    await said(held.id, ['QUEUED', 'RUNNING', 'HEARTBEAT', 'HEARTBEAT']);
    await isQuiet();
    put(file, readFileSync(again, 'utf8'));
    await isQuiet();
    await slurm.bed.pool.query('update jobs set try_number = 2 where id = $1', [held.id]);
    execFileSync('bash', ['-c', script, 'x', `tj-${held.id}-1`, spool(), work]);
    await isQuiet();
    assert.deepEqual(await names(held.id), ['QUEUED', 'RUNNING', 'HEARTBEAT', 'HEARTBEAT']);
    await slurm.bed.pool.query('update jobs set try_number = 1 where id = $1', [held.id]);
  });
});

describe('what jobs on Slurm say, with a route to the service', () => {
  test('comes by both ways and is there once; starts and ends are seen at once', async (t) => {
    await using slurm = await openSlurmServiceBed();
    const { api } = slurm.bed;
    const app = await slurm.registerApp('routed', `\${AGAVE_JOB_CALLBACK_ALIVE}\nsleep 2`);
    const jobs = await Promise.all(
      Array.from({ length: 8 }, () => submitJob(api, app, { maxRunTime: '00:05:00' })),
    );
    const delays = { RUNNING: [] as number[], CLEANING_UP: [] as number[] };
    for (const { id } of jobs) {
      const job = await jobEnd(api, id, 60_000);
      assert.equal(job.status, 'FINISHED');
      const names = (await jobHistory(api, id)).map((entry) => entry.status);
      for (const name of ['RUNNING', 'HEARTBEAT'])
        assert.equal(names.filter((each) => each === name).length, 1, names.join());
      await checkEvents(slurm.bed.pool, id);
      await addDelays(slurm.bed, id, delays);
    }
    const news = join(slurm.bed.root, 'scratch/.arras-spool/news');
    await eventually('all is taken', () => readdirSync(news).length === 0, PATIENCE);
    t.diagnostic(
      JSON.stringify({ RUNNING: summarise(delays.RUNNING), CLEANING_UP: summarise(delays.CLEANING_UP) }),
    );
  });
});

/** Milliseconds from what the program itself wrote down to what the history says. */
async function addDelays(
  bed: SlurmServiceBed['bed'],
  id: string,
  delays: { readonly RUNNING: number[]; readonly CLEANING_UP: number[] },
): Promise<void> {
  const { rows } = await bed.pool.query<{ name: string; at: Date }>(
    'select name, created_at as at from job_events where job_id = $1',
    [id],
  );
  const [start, end] = readEffects(bed.root).get(id) ?? [];
  const at = (name: string) => rows.find((row) => row.name === name)?.at.getTime() ?? Number.NaN;
  delays.RUNNING.push(at('RUNNING') - (start?.at ?? Number.NaN));
  delays.CLEANING_UP.push(at('CLEANING_UP') - (end?.at ?? Number.NaN));
}

function summarise(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}
