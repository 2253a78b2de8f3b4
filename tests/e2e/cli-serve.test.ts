import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand, startCommand } from '../support/command-line.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

test('serve runs the service in the foreground, passes SIGTERM on, and is found by other commands meanwhile', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'arras-serve-'));
  const database = await createTestDatabase();
  const environment = { ARRAS_DATA_DIR: directory, ARRAS_PORT: '0', DATABASE_URL: database.url };
  const serve = startCommand(['serve'], { environment });
  try {
    await eventually('it listens', () => /^listening on http:/m.test(serve.stdout()), { timeoutMs: 60_000 });
    const profile = await runCommand(['profiles', 'show'], { environment });
    assert.match(profile.stdout, /^username +admin\n/, profile.stderr);
  } finally {
    serve.child.kill('SIGTERM');
    const { code, stderr } = await serve.finished;
    await database.drop();
    await rm(directory, { recursive: true, force: true });
    assert.equal(code, 0, stderr);
  }
});

test('help needs no service and knows topics, commands and slips', async () => {
  const topics = await runCommand(['help', 'exit-codes']);
  assert.match(topics.stdout, / {3}0 {2}all went well/);
  assert.match((await runCommand(['help', 'environment'])).stdout, /ARRAS_DATA_DIR/);
  assert.match((await runCommand(['help', 'jobs', 'submit'])).stdout, /--idempotency-key/);
  assert.match((await runCommand(['jobs', 'submit', '--help'])).stdout, /--idempotency-key/);
  assert.equal((await runCommand(['help', 'jbs'])).code, 2);
  assert.match((await runCommand(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
});
