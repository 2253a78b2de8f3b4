import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCommand } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';

test('the demo runs a job to FINISHED on a service of its own, shows it, and leaves nothing behind', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'demo-test-'));
  const { code, stdout, stderr } = await startCommand(['demo'], { environment: { TMPDIR: directory } })
    .finished;
  assert.equal(code, 0, `${stdout}\n${stderr}`);
  assert.ok(!stdout.includes('\x1b'));
  assert.match(stdout, / FINISHED {2}Words of the Declaration after /);
  assert.match(stdout, /\n20\ttheir\n15\tthem\n/);
  assert.match(
    stdout,
    /\n +1 +CREATED +PENDING +\/trigger\/job\/Words%20of%20the%20Declaration\/CREATED\?status=PENDING\n/,
  );
  assert.match(
    stdout,
    /\n +\d+ +FINISHED +FINISHED +\/trigger\/job\/Words%20of%20the%20Declaration\/FINISHED\?/,
  );
  assert.match(stdout, /\nSubject: FINISHED: Words of the Declaration \(job \S+-007\)\n\nThe status of job /);
  assert.match(stdout, /\nOutput URL: http:\S+\/outputs\n/);
  assert.match(stdout, /\nThe page of the job was http:\/\/127\.0\.0\.1:\d+\/ui\/jobs\/\S+-007\n/);
  assert.deepEqual(readdirSync(directory), []);
  await rm(directory, { recursive: true });
});

test('a demo that is kept leaves its service up, and says the address of the page of the job last', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'demo-test-'));
  const { stdout } = await startCommand(['demo', '--keep'], { environment: { TMPDIR: directory } }).finished;
  const pid = Number(/goes on as process (\d+)/.exec(stdout)?.[1]);
  try {
    const page = /\nThe page of the job: (http\S+)\n$/.exec(stdout)?.[1] ?? '';
    assert.match(page, /\/ui\/jobs\/\S+-007$/);
    assert.notEqual((await fetch(page)).status, 404);
  } finally {
    process.kill(pid);
    await eventually('the service has ended', () => !isThere(pid), { timeoutMs: 60_000 });
    await rm(directory, { recursive: true });
  }
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('an interrupted demo ends its service and cleans up', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'demo-test-'));
  const demo = startCommand(['demo'], { environment: { TMPDIR: directory } });
  await eventually('the service listens', () => demo.stdout().includes('listens on'), { timeoutMs: 60_000 });
  demo.child.kill('SIGTERM');
  assert.equal((await demo.finished).code, 130);
  assert.deepEqual(readdirSync(directory), []);
  await rm(directory, { recursive: true });
});
