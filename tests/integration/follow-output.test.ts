import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { JobView } from '../../packages/contract/src/index.ts';
import { connectApi, jobEnd, jobStatus, registerApp, submitJob } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';
import { ADMIN_TOKEN } from '../support/service.ts';

const STEPS = 4;
/** Writes a line at each step, and ends with half a line. */
const TEMPLATE = `for n in {1..${STEPS}}; do
  while [[ ! -e step$n ]]; do sleep 0.05; done
  echo "line $n é"
done
printf 'the end'
`;

let bed: FaultBed;
let app: string;
before(async () => {
  bed = await FaultBed.open();
  app = await registerApp(bed.api, bed.systems, { name: 'stepping', template: TEMPLATE });
});
after(() => bed?.[Symbol.asyncDispose]());

const WHOLE = [1, 2, 3, 4].map((n) => `line ${n} é\n`).join('') + 'the end';

async function start(more = {}): Promise<JobView> {
  const { id } = await submitJob(bed.api, app, more);
  return jobStatus(bed.api, id, 'RUNNING');
}

function step(job: JobView, n: number): void {
  writeFileSync(join(bed.root, 'scratch', job.outputPath ?? '', `step${n}`), '');
}

interface Tail {
  readonly response: Response;
  readonly text: () => string;
  /** Resolves with null at a clean end, else with what broke it. */
  readonly ended: Promise<unknown>;
  leave(): void;
}

async function follow(job: JobView, options: { from?: number; token?: string } = {}): Promise<Tail> {
  const controller = new AbortController();
  const response = await fetch(
    `${bed.service(0).url}/jobs/v2/${job.id}/outputs/media/test-job-${job.id}.out?follow=1`,
    {
      headers: {
        authorization: `Bearer ${options.token ?? ADMIN_TOKEN}`,
        ...(options.from !== undefined && { range: `bytes=${options.from}-` }),
      },
      signal: controller.signal,
    },
  );
  const pieces: Buffer[] = [];
  const read = async () => {
    for await (const piece of response.body ?? []) pieces.push(Buffer.from(piece));
    return null;
  };
  return {
    response,
    text: () => Buffer.concat(pieces).toString(),
    ended: read().catch((error: unknown) => error),
    leave: () => controller.abort(),
  };
}

test('a tail gives what is there, what comes, and ends with the job, also when its output is archived', async () => {
  const job = await start({ archive: true });
  step(job, 1);
  const tail = await follow(job);
  assert.equal(tail.response.status, 200);
  assert.equal(tail.response.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.equal(tail.response.headers.get('content-length'), null);
  for (const n of [1, 2, 3]) {
    step(job, n);
    await eventually(`line ${n} has come`, () => tail.text().endsWith(`line ${n} é\n`));
  }
  const late = await follow(job, { from: 10 });
  step(job, 4);
  assert.equal(await tail.ended, null);
  assert.equal(tail.text(), WHOLE);
  assert.equal(await late.ended, null);
  assert.equal(late.response.status, 206);
  assert.equal(late.response.headers.get('content-range'), `bytes 10-${Number.MAX_SAFE_INTEGER}/*`);
  assert.equal(late.text(), Buffer.from(WHOLE).subarray(10).toString());
  assert.equal((await jobEnd(bed.api, job.id)).status, 'FINISHED');
  const past = await follow(job);
  assert.equal(await past.ended, null);
  assert.equal(past.text(), WHOLE);
});

test('a tail begins before there is a file, and ends without one when the job never writes', async () => {
  const silent = await registerApp(bed.api, bed.systems, { name: 'waiting-long', template: 'sleep 60\n' });
  const { id } = await submitJob(bed.api, silent);
  const job = await bed.api.call<JobView>('GET', `/jobs/v2/${id}`);
  const tail = await follow(job);
  assert.equal(tail.response.status, 200);
  await jobStatus(bed.api, id, 'RUNNING');
  await bed.api.call('POST', `/jobs/v2/${id}`, { action: 'kill' });
  assert.equal(await tail.ended, null);
  assert.equal(tail.text(), '');
});

test('what cannot be followed is refused before the first byte', async () => {
  const job = await start();
  assert.equal((await follow(job, { from: 5_000 })).response.status, 416);
  const media = `/jobs/v2/${job.id}/outputs/media`;
  assert.equal((await bed.api.request('GET', `${media}?follow=1`)).status, 404);
  for (let n = 1; n <= STEPS; n++) step(job, n);
  await jobEnd(bed.api, job.id);
  assert.equal((await bed.api.request('GET', `${media}/nothing?follow=1`)).status, 404);
});

test('a stop of the service breaks the tail, and the next service goes on where it broke', async () => {
  const job = await start();
  step(job, 1);
  const tail = await follow(job);
  await eventually('the first line has come', () => tail.text() === 'line 1 é\n');
  await bed.service(0).stop();
  assert.ok((await tail.ended) instanceof Error, 'what is not whole does not look whole');
  for (let n = 2; n <= STEPS; n++) step(job, n);
  await bed.start(0);
  const rest = await follow(job, { from: Buffer.byteLength(tail.text()) });
  assert.equal(await rest.ended, null);
  assert.equal(tail.text() + rest.text(), WHOLE);
});

test('a token that is revoked and a permission that ends cut the tail', async () => {
  await bed.api.call('POST', '/profiles/v2', { username: 'eve', email: 'eve@example.org' });
  const made = await bed.api.call<{ token: string; id: string }>('POST', '/tokens/v2', {
    name: 'short',
    username: 'eve',
  });
  const job = await start();
  step(job, 1);
  const grant = (permission: string) =>
    bed.api.call('POST', `/jobs/v2/${job.id}/pems`, { username: 'eve', permission });
  await grant('READ');
  const shared = await follow(job, { token: made.token });
  await eventually('the first line has come', () => shared.text() === 'line 1 é\n');
  await grant('NONE');
  assert.ok((await shared.ended) instanceof Error);
  await grant('READ');
  const guarded = await follow(job, { token: made.token });
  await eventually('the first line has come', () => guarded.text() === 'line 1 é\n');
  assert.equal(
    (await connectApi(() => bed.service(0).url).request('DELETE', `/tokens/v2/${made.id}`)).status,
    200,
  );
  assert.ok((await guarded.ended) instanceof Error);
  await bed.api.call('POST', `/jobs/v2/${job.id}`, { action: 'kill' });
  await jobEnd(bed.api, job.id);
});

test('many tails of a file get the same bytes, and who leaves takes nothing along', async () => {
  const job = await start();
  const tails = await Promise.all(Array.from({ length: 20 }, () => follow(job)));
  tails[0]?.leave();
  for (let n = 1; n <= STEPS; n++) step(job, n);
  for (const tail of tails.slice(1)) {
    assert.equal(await tail.ended, null);
    assert.equal(tail.text(), WHOLE);
  }
});
