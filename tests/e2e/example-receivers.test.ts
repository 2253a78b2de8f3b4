import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { eventually } from '../support/eventually.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/webhook-receiver');
const SECRETS = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`);
const BODY = JSON.stringify({ status: 'RUNNING', event: { id: 'e', seq: 7, name: 'RUNNING' } });

/** Starts a receiver as its reader does. */
async function startExample(file: string, secret: string) {
  const child = spawn(process.execPath, [join(EXAMPLE, file)], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', WEBHOOK_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const url = await eventually('it listens', () => /listening on (\S+)/.exec(printed)?.[1]);
  return {
    printed: () => printed,
    /** Posts a call signed with a secret, or one that is not signed. */
    async post(
      signedWith: string | null,
      { path = '/', body = BODY, sentAt = new Date() } = {},
    ): Promise<number> {
      const headers = signedWith === null ? {} : sign(signedWith, sentAt);
      return (await fetch(`${url}${path}`, { method: 'POST', headers, body })).status;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

function sign(secret: string, sentAt: Date): Record<string, string> {
  return {
    'webhook-id': 'e.n',
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('e.n', sentAt, BODY),
  };
}

const [first = '', second = ''] = SECRETS;

for (const file of ['receiver.mjs', 'receiver.ts']) {
  test(`${file} takes signed calls and refuses unsigned, changed and old ones`, async () => {
    await using receiver = await startExample(file, first);
    assert.equal(await receiver.post(first), 204);
    await eventually('it is printed', () => /RUNNING #7.* the job is RUNNING/.test(receiver.printed()));
    assert.equal(await receiver.post(null), 401);
    assert.equal(await receiver.post(second), 401);
    assert.equal(await receiver.post(first, { body: BODY.replace('7', '8') }), 401);
    assert.equal(await receiver.post(first, { sentAt: new Date(Date.now() - 3_600_000) }), 401);
  });
}

test('receiver.mjs knows several secrets, says what comes twice, and answers /broken with 503', async () => {
  await using receiver = await startExample('receiver.mjs', `${first} ${second}`);
  assert.equal(await receiver.post(first), 204);
  assert.equal(await receiver.post(second), 204);
  const twice = /RUNNING #7 verified: .*\nRUNNING #7 verified again: /;
  await eventually('both are printed', () => twice.test(receiver.printed()));
  assert.equal(await receiver.post(first, { path: '/broken' }), 503);
});

test('the guide shows receiver.ts as it is', () => {
  const guide = readFileSync(join(EXAMPLE, '../../docs/guides/notifications.md'), 'utf8');
  assert.ok(guide.includes(`\`\`\`ts\n${readFileSync(join(EXAMPLE, 'receiver.ts'), 'utf8')}\`\`\``));
});
