import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Agent } from 'undici';
import { createWebhookChannel } from '../../packages/server/src/channels/webhook.ts';
import { BLOCKED_MESSAGE, BlockedError } from '../../packages/server/src/net/blocked.ts';
import { createEgressGuard } from '../../packages/server/src/net/egress.ts';
import { createConnector, createTrust } from '../../packages/server/src/net/guarded-connector.ts';
import { channelMessage, neverAborted } from '../support/channel-message.ts';
import { FORBIDDEN_HOSTS } from '../support/forbidden-addresses.ts';
import { startReceiver } from '../support/receiver.ts';

/** A network of our own. Without the rights for it, as in some containers, the kernel says no. */
const NAMESPACE = ['-n', '-m', ...(process.getuid?.() === 0 ? [] : ['-r'])];
const canUnshare = spawnSync('unshare', [...NAMESPACE, 'true']).status === 0;

describe('addresses that must not be called (T83)', () => {
  const guard = createEgressGuard({ allow: [] });
  const channel = createWebhookChannel({ guard, version: '0' });
  after(() => channel.close());

  test('no spelling passes the text of the URL, but names, which are looked up', () => {
    assert.ok(FORBIDDEN_HOSTS.length >= 60);
    const passing = FORBIDDEN_HOSTS.filter((host) => {
      const url = URL.parse(`http://${host}/`);
      return url !== null && guard.checkUrl(url) === null;
    });
    assert.deepEqual(passing, ['localhost', 'LOCALHOST', 'localhost.']);
  });

  test('a literal is blocked with one text, whatever is behind it', async () => {
    await using receiver = await startReceiver();
    for (const host of ['127.0.0.1', '2130706433', '[::ffff:7f00:1]', 'localhost']) {
      const result = await channel.attempt(
        channelMessage(`http://${host}:${receiver.port}/ok`),
        neverAborted(),
      );
      assert.deepEqual(result, { outcome: 'blocked', code: 0, message: BLOCKED_MESSAGE }, host);
    }
    assert.equal(receiver.connections(), 0);
  });

  test('ports of other services, and other schemes, are refused by rule (T85)', () => {
    const refused = (url: string) => guard.checkUrl(new URL(url)) !== null;
    for (const port of [22, 23, 25, 110, 143, 465, 587, 3306, 5432, 6379, 11211, 6817]) {
      assert.ok(refused(`http://example.org:${port}/`), `${port}`);
    }
    for (const url of [
      'file:///etc/passwd',
      'gopher://example.org/',
      'ftp://example.org/',
      'data:text/plain,x',
    ]) {
      assert.ok(refused(url), url);
    }
    for (const url of [
      'http://example.org/',
      'https://example.org/',
      'http://example.org:8080/',
      'https://h:9443/',
    ]) {
      assert.ok(!refused(url), url);
    }
  });

  test('a proxy of the environment is not used', async () => {
    await using proxy = await startReceiver();
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'];
    for (const name of names) process.env[name] = proxy.url;
    try {
      await using receiver = await startReceiver();
      const open = createWebhookChannel({ guard: createEgressGuard({ allow: ['127.0.0.1'] }), version: '0' });
      const { outcome } = await open.attempt(channelMessage(`${receiver.url}/ok`), neverAborted());
      await open.close();
      assert.equal(outcome, 'delivered');
      assert.equal(proxy.connections(), 0);
    } finally {
      for (const name of names) delete process.env[name];
    }
  });

  test('an address that only the connected socket reveals is left before the first byte', async () => {
    await using receiver = await startReceiver();
    const lookup: LookupFunction = (_, __, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
    const agent = new Agent({
      connect: createConnector({ denies: () => true, lookup, trust: createTrust() }),
    });
    const call = agent.request({
      origin: `http://fine.example:${receiver.port}`,
      path: '/ok',
      method: 'POST',
    });
    await assert.rejects(call, BlockedError);
    await agent.destroy();
    assert.deepEqual(receiver.received, []);
  });
});

test('in a network full of canaries none is ever connected to, by spelling, by name or by rebinding (T83, T84)', {
  skip: canUnshare ? false : 'the kernel allows no network namespace here',
}, () => {
  const directory = mkdtempSync(join(tmpdir(), 'arras-egress-'));
  try {
    const { results, read, connections } = runProbe(directory);
    assert.deepEqual(new Set(connections), new Set(['11.22.33.44']));
    const { 'good.test': good, 'rebind.test first': first, ...rest } = results;
    assert.equal(good?.outcome, 'delivered');
    assert.equal(first?.outcome, 'delivered');
    assert.equal(rest['rebind.test then']?.outcome, 'blocked');
    for (const name of ['mixed.test', 'both.test', 'alias.test', 'six.test', 'mapped.test', 'many.test']) {
      assert.equal(rest[name]?.outcome, 'blocked', name);
    }
    assert.deepEqual(
      Object.entries(read).filter(([, code]) => code !== 'forbidden'),
      [],
    );
    assert.ok(Object.keys(read).length > 400);
    for (const host of FORBIDDEN_HOSTS) assert.equal(rest[host]?.outcome, 'blocked', host);
    assert.equal(rest['slow.test']?.outcome, 'unreachable');
    assert.ok((rest['slow.test']?.ms ?? Infinity) < 5_500);
    assert.equal(rest['nowhere.test']?.message, 'the name of the host has no address');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

interface Probe {
  readonly results: Readonly<Record<string, { outcome: string; message: string; ms: number }>>;
  /** The code with which reading a file failed, by protocol and host. */
  readonly read: Readonly<Record<string, string>>;
  readonly connections: readonly string[];
}

function runProbe(directory: string): Probe {
  const script = join(import.meta.dirname, '../support/egress-probe.ts');
  const run = spawnSync('unshare', [...NAMESPACE, process.execPath, script, directory], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout) as Probe;
}
