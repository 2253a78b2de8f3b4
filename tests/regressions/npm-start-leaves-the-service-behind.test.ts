import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

// npm runs scripts through a shell and passes signals to that shell alone, which ends without its child.

test('SIGTERM to `npm start` stops the service cleanly', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'arras-npm-'));
  try {
    const npm = spawn('npm', ['start'], {
      cwd: join(import.meta.dirname, '../..'),
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ARRAS_DATA_DIR: directory, ARRAS_PORT: '0', DATABASE_URL: '' },
    });
    const ended = once(npm, 'exit');
    let url = '';
    for await (const line of createInterface({ input: npm.stdout })) {
      url = /^listening on (\S+)$/.exec(line)?.[1] ?? '';
      if (url !== '') break;
    }
    assert.equal((await fetch(`${url}/health/live`)).status, 200);
    npm.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
    await assert.rejects(fetch(`${url}/health/live`));
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
});
