import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createConnection } from 'node:net';
import { after, before, test } from 'node:test';
import { createClient } from '../../packages/client/src/index.ts';
import { jobStatus } from '../support/api.ts';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import { eventually } from '../support/eventually.ts';
import { ADMIN_TOKEN } from '../support/service.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

let bed: CliBed;
before(async () => {
  bed = await startCliBed();
});
after(() => bed[Symbol.asyncDispose]());

/** What the program of write-1.0 prints. */
const LINES = Array.from({ length: 60 }, (_, index) => `line ${index + 1} \xff\n`);
const OUTPUT = Buffer.from(`${LINES.join('')}no line feed`, 'latin1');

/** Runs the command with its output in a file, as bytes. */
function bytesOf(...args: readonly string[]): Buffer {
  const main = new URL('../../packages/cli/src/main.ts', import.meta.url).pathname;
  const env = {
    PATH: process.env['PATH'] ?? '',
    ARRAS_URL: bed.url,
    ARRAS_TOKEN: ADMIN_TOKEN,
    HOME: '/nonexistent',
  };
  return spawnSync(process.execPath, [main, 'jobs', 'logs', ...args], { env }).stdout;
}

test('logs -f prints every byte once while connections break and the output moves to the archive', async () => {
  const { id } = await bed.api.call<{ id: string }>('POST', '/jobs/v2', {
    name: 'archived',
    appId: 'write-1.0',
  });
  const port = Number(new URL(bed.url).port);
  let asked = '';
  await using proxy = await startTcpProxy({
    connect: () => createConnection(port, '127.0.0.1'),
    wire: ({ client, backend }) => {
      client.on('data', (chunk) => {
        asked += chunk.toString('latin1');
        backend.write(chunk);
      });
      backend.on('data', (chunk) => client.write(chunk));
    },
  });
  const following = bed.start(['jobs', 'logs', '-f', '--stdout', id], {
    url: `http://127.0.0.1:${proxy.port}`,
    binary: true,
  });
  const cutting = setInterval(() => proxy.reset(), 700);
  try {
    const { code, stdout, stderr } = await following.finished;
    assert.equal(code, 0, stderr);
    assert.equal(stdout, OUTPUT.toString('latin1'));
  } finally {
    clearInterval(cutting);
  }
  assert.equal(await jobStatus(bed.api, id, 'FINISHED').then(({ status }) => status), 'FINISHED');
  assert.match(asked, /GET \S+\.out\?follow=true /, 'the file is followed, not looked at again and again');
  assert.deepEqual(bytesOf('--stdout', id), OUTPUT);
  assert.deepEqual(bytesOf('-f', '--stdout', id), OUTPUT);
  const client = createClient({ url: bed.url, token: ADMIN_TOKEN });
  assert.match((await client.jobs.show(id)).archivePath ?? '', /./);
});

test('logs -f goes on at the byte after a kill -9 of the service', async () => {
  const id = await bed.submit('write-1.0');
  const following = bed.start(['jobs', 'logs', '-f', '--stdout', id], { binary: true });
  await eventually('it has begun', () => following.stdout().includes('line 5'), { timeoutMs: 30_000 });
  await bed.restart();
  const { code, stdout } = await following.finished;
  assert.equal(code, 0);
  assert.equal(stdout, OUTPUT.toString('latin1'));
});

test('-n gives the last lines, --from-byte what is behind a byte, --grep the lines with a pattern, as bytes', async () => {
  const id = await bed.submit('write-1.0');
  await bed.run(['jobs', 'wait', id]);
  const all = OUTPUT.toString('latin1').split('\n');
  assert.equal(bytesOf('-n', '3', '--stdout', id).toString('latin1'), all.slice(-3).join('\n'));
  assert.equal(bytesOf('-n', '0', '--stdout', id).length, 0);
  assert.deepEqual(bytesOf('--from-byte', '10', '--stdout', id), OUTPUT.subarray(10));
  assert.equal(bytesOf('--from-byte', '1000000', '--stdout', id).length, 0);
  const found = bytesOf('--grep', '^line 1[05] ', '--stdout', id).toString('latin1');
  assert.equal(found, 'line 10 \xff\nline 15 \xff\n');
  const both = await bed.run(['jobs', 'logs', '-n', '1', id]);
  assert.equal(both.stdout, 'no line feedto err 60\n');
  assert.equal(both.stderr, '==> standard output <==\n==> standard error <==\n');
});

test('a pattern that cannot be understood and a number that is none are usage errors', async () => {
  for (const args of [
    ['--grep', '['],
    ['--grep', 'x'.repeat(1_001)],
    ['-n', 'few'],
  ])
    assert.equal((await bed.run(['jobs', 'logs', ...args, 'last'])).code, 2);
});

test('a job that has written nothing is a 6; with -f it is waited for', async () => {
  const id = await bed.submit('wait-1.0');
  const following = bed.start(['jobs', 'logs', '-f', id]);
  await jobStatus(bed.api, id, 'RUNNING');
  await bed.run(['jobs', 'kill', id]);
  const { code, stdout } = await following.finished;
  assert.deepEqual([code, stdout], [0, '']);
});

test('-f of both streams prints each byte of each once, across a restart of the service', async () => {
  const id = await bed.submit('write-1.0', 'archive=true');
  const following = bed.start(['jobs', 'logs', '-f', id], { binary: true });
  await eventually('it has begun', () => following.stdout().includes('line 5'), { timeoutMs: 60_000 });
  await bed.restart();
  const { code, stdout } = await following.finished;
  assert.equal(code, 0);
  const errors = Array.from({ length: 60 }, (_, index) => `to err ${index + 1}\n`).join('');
  // The two come as they are written, in pieces that may end anywhere.
  assert.equal(stdout.length, OUTPUT.length + errors.length);
  const count = (text: string, word: RegExp) => text.match(word)?.length ?? 0;
  assert.equal(count(stdout, /line \d/g), 60);
  assert.equal(count(stdout, /to err /g), 60);
});
