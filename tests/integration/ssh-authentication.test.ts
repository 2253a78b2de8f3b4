import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fetchHostKeys } from '../../packages/server/src/ssh/fetch-host-keys.ts';
import type { OpenSshAuth } from '../../packages/server/src/ssh/openssh-config.ts';
import { createOpenSshHost } from '../../packages/server/src/ssh/openssh-host.ts';
import { createSshHost } from '../../packages/server/src/ssh/pooled-ssh-host.ts';
import type { SshAuth, SshEndpoint } from '../../packages/server/src/ssh/ssh-endpoint.ts';
import { SshUnavailable } from '../../packages/server/src/ssh/ssh-host.ts';
import { eventually } from '../support/eventually.ts';
import { startOddSshServer } from '../support/odd-ssh-server.ts';
import { openOpenSshShell, openSsh2Shell, shellOf, toOpenSsh } from '../support/ssh-shells.ts';
import { makeKey, type Sshd, startSshd } from '../support/sshd.ts';

/** Enters a host and runs a command there. */
async function enter(endpoint: SshEndpoint): Promise<string> {
  const host = createSshHost(endpoint);
  try {
    return await host.withChannel('echo inside', async (channel) => {
      let said = '';
      channel.output.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      await channel.ended;
      return said;
    });
  } finally {
    await host.close();
  }
}

async function refusal(endpoint: SshEndpoint): Promise<SshUnavailable> {
  const error: unknown = await enter(endpoint).catch((reason: unknown) => reason);
  assert.ok(error instanceof SshUnavailable);
  return error;
}

describe('logging in to hosts', () => {
  let sshd: Sshd;
  before(async () => {
    sshd = await startSshd();
  });
  after(() => sshd.close());

  for (const [title, type, ...words] of [
    ['Ed25519 keys', 'ed25519'],
    ['ECDSA keys', 'ecdsa'],
    ['RSA keys', 'rsa'],
    ['RSA keys in the old PEM format', 'rsa', '-m', 'PEM'],
    ['keys with a passphrase', 'ed25519', '-N', 'open sesame'],
    ['old PEM keys with a passphrase', 'rsa', '-m', 'PEM', '-N', 'open sesame'],
  ] as const) {
    test(`${title} log in`, async () => {
      const path = join(sshd.directory, 'another_key');
      makeKey(type, path, ...words);
      sshd.authorize([readFileSync(`${path}.pub`, 'utf8')]);
      const passphrase = title.includes('passphrase') ? 'open sesame' : null;
      const auth: SshAuth = { kind: 'key', privateKey: readFileSync(path, 'utf8'), passphrase };
      assert.equal(await enter({ ...sshd.endpoint(), auth }), 'inside\n');
    });
  }

  test('a key that cannot be read, or a wrong passphrase, is said without quoting either', async () => {
    const path = join(sshd.directory, 'locked_key');
    makeKey('ed25519', path, '-N', 'the real one');
    for (const auth of [
      { kind: 'key', privateKey: readFileSync(path, 'utf8'), passphrase: 'swordfish' },
      { kind: 'key', privateKey: readFileSync(path, 'utf8'), passphrase: null },
      { kind: 'key', privateKey: 'swordfish', passphrase: null },
      { kind: 'key', privateKey: readFileSync(`${path}.pub`, 'utf8'), passphrase: null },
    ] as const) {
      const error = await refusal({ ...sshd.endpoint(), auth });
      assert.equal(error.step, 'authenticate');
      assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /swordfish/);
    }
  });

  for (const method of ['password', 'keyboard-interactive'] as const) {
    test(`a password is sent once, by the way the host offers: ${method}`, async () => {
      const server = await startOddSshServer({ methods: [method] });
      assert.equal(await enter(server.endpoint({ kind: 'password', password: 'sesame' })), 'inside\n');
      assert.deepEqual(server.offered, ['none', `${method} sesame`]);
      await server.close();
    });
  }

  test('a wrong password is offered once per connection and stands in no message', async () => {
    const server = await startOddSshServer({ methods: ['password', 'keyboard-interactive'] });
    const error = await refusal(server.endpoint({ kind: 'password', password: 'swordfish' }));
    assert.equal(error.step, 'authenticate');
    assert.doesNotMatch(error.message, /swordfish/);
    assert.deepEqual(server.offered, ['none', 'password swordfish']);
    await server.close();
  });

  test("a host's keys can be asked for without logging in, and are those of its files", async () => {
    const keys = await fetchHostKeys({ host: '127.0.0.1', port: sshd.port, via: null });
    const own = sshd.endpoint().hostKeys.map((key) => key.split(' ').slice(0, 2).join(' '));
    assert.deepEqual([...keys].sort(), own.sort());
    const server = await startOddSshServer();
    const key = await fetchHostKeys({ host: '127.0.0.1', port: server.port, via: null });
    assert.deepEqual(key, [server.hostKey.split(' ').slice(0, 2).join(' ')]);
    assert.deepEqual(server.offered, []);
    await server.close();
  });

  test('a host without registered keys, or at an address that is not allowed, is not connected to', async () => {
    const server = await startOddSshServer();
    const endpoint = server.endpoint({ kind: 'password', password: 'sesame' });
    assert.equal((await refusal({ ...endpoint, hostKeys: [] })).step, 'host-key');
    const host = createSshHost(endpoint, { isAllowedAddress: (address) => address !== '127.0.0.1' });
    await assert.rejects(
      host.withChannel('true', async () => {}),
      { step: 'resolve' },
    );
    assert.equal(server.connections(), 0);
    await host.close();
    await server.close();
  });
});

describe('hosts behind another host', () => {
  let gate: Sshd;
  let target: Sshd;
  before(async () => {
    [gate, target] = await Promise.all([startSshd(), startSshd()]);
  });
  after(async () => {
    await Promise.all([gate.close(), target.close()]);
  });

  for (const [name, openShell] of [
    ['ssh2', openSsh2Shell],
    ['OpenSSH', openOpenSshShell],
  ] as const) {
    test(`are entered through it: ${name}`, async () => {
      const logged = gate.log().length;
      const shell = openShell({ ...target.endpoint(), via: gate.endpoint() });
      assert.equal((await shell.run({ script: 'echo inside' }, { timeoutMs: 20_000 })).stdout, 'inside\n');
      await shell.close();
      assert.match(gate.log().slice(logged), /Accepted publickey/);
    });

    test(`are not, when the other one has a strange key: ${name}`, async () => {
      const before = target.log().split('Connection from').length;
      const via = { ...gate.endpoint(), hostKeys: target.endpoint().hostKeys };
      const shell = openShell({ ...target.endpoint(), via });
      await assert.rejects(shell.run({ script: 'true' }, { timeoutMs: 20_000 }), {
        name: 'ShellUnreachable',
      });
      await shell.close();
      assert.equal(target.log().split('Connection from').length, before);
    });
  }

  test('show their keys through it', async () => {
    const keys = await fetchHostKeys({ host: '127.0.0.1', port: target.port, via: gate.endpoint() });
    assert.equal(keys.length, 3);
  });
});

describe("what only the system's OpenSSH can", () => {
  let sshd: Sshd;
  before(async () => {
    sshd = await startSshd();
  });
  after(() => sshd.close());

  async function enterBy(auth: OpenSshAuth): Promise<string> {
    const shell = shellOf(createOpenSshHost({ ...toOpenSsh(sshd.endpoint()), auth }));
    try {
      return (await shell.run({ script: 'echo inside' }, { timeoutMs: 20_000 })).stdout;
    } finally {
      await shell.close();
    }
  }

  test('a certificate of the site logs in where the key alone does not', async () => {
    const [authority, key] = [join(sshd.directory, 'authority'), join(sshd.directory, 'certified')];
    makeKey('ed25519', authority);
    makeKey('ed25519', key);
    execFileSync('ssh-keygen', [
      '-q',
      '-s',
      authority,
      '-I',
      'jdoe',
      '-n',
      userInfo().username,
      `${key}.pub`,
    ]);
    sshd.authorize([`cert-authority ${readFileSync(`${authority}.pub`, 'utf8')}`]);
    const privateKey = readFileSync(key, 'utf8');
    await assert.rejects(enterBy({ kind: 'key', privateKey, certificate: null }), /Permission denied/);
    const certificate = readFileSync(`${key}-cert.pub`, 'utf8');
    assert.equal(await enterBy({ kind: 'key', privateKey, certificate }), 'inside\n');
    const configFile = join(sshd.directory, 'account_config');
    writeFileSync(
      configFile,
      `Host 127.0.0.*\n  IdentityFile ${key}\n  UserKnownHostsFile /dev/null\n  StrictHostKeyChecking no\n`,
    );
    assert.equal(await enterBy({ kind: 'account', configFile }), 'inside\n');
  });

  test('an agent keeps the key', async (context) => {
    const [key, socket] = [join(sshd.directory, 'kept'), join(sshd.directory, 'agent')];
    makeKey('ed25519', key);
    sshd.authorize([readFileSync(`${key}.pub`, 'utf8')]);
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    context.after(() => agent.kill());
    await eventually('the agent takes the key', () => {
      execFileSync('ssh-add', ['-q', key], {
        env: { ...process.env, SSH_AUTH_SOCK: socket },
        stdio: 'ignore',
      });
      return true;
    });
    rmSync(key);
    const configFile = join(sshd.directory, 'agent_config');
    writeFileSync(configFile, `IdentityAgent ${socket}\n`);
    assert.equal(await enterBy({ kind: 'account', configFile }), 'inside\n');
  });
});
