import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Shell } from '../../packages/server/src/execution/shell.ts';
import { createSshShell } from '../../packages/server/src/execution/ssh-shell.ts';
import { createSshHost } from '../../packages/server/src/ssh/pooled-ssh-host.ts';
import type { SshEndpoint } from '../../packages/server/src/ssh/ssh-endpoint.ts';
import type { SshHost } from '../../packages/server/src/ssh/ssh-host.ts';
import { eventually } from '../support/eventually.ts';
import { startOddSshServer } from '../support/odd-ssh-server.ts';
import { createSshClock } from '../support/ssh-clock.ts';
import { openOpenSshShell, openSsh2Shell } from '../support/ssh-shells.ts';
import { makeKey, type Sshd, startSshd } from '../support/sshd.ts';

const LIMITS = { timeoutMs: 20_000 };
const UNREACHABLE = { name: 'ShellUnreachable' };
const echo = async (shell: Shell) => (await shell.run({ script: 'echo here' }, LIMITS)).stdout;

/** Shells of a test, closed after it. */
const shells: Shell[] = [];
function keep(shell: Shell): Shell {
  shells.push(shell);
  return shell;
}
afterEach(async () => {
  for (const shell of shells.splice(0)) await shell.close();
});

describe('a host in trouble (T36)', () => {
  let sshd: Sshd;
  before(async () => {
    sshd = await startSshd();
  });
  after(() => sshd.close());

  test('that refuses connections rests between tries, tells it once, and is used again when it is back', async () => {
    const clock = createSshClock();
    const shell = keep(openSsh2Shell(sshd.endpoint(), clock.options));
    await sshd.stop();
    await Promise.all(Array.from({ length: 30 }, () => assert.rejects(echo(shell), UNREACHABLE)));
    await assert.rejects(echo(shell), /left alone for 1 s after: .* connection refused/);
    for (let second = 0; second < 200; second += 1) {
      clock.skip(1_000);
      await assert.rejects(echo(shell), UNREACHABLE);
    }
    assert.deepEqual(
      clock.states.map((state) => state.kind),
      ['unreachable'],
    );
    await sshd.start();
    clock.skip(60_000);
    assert.equal(await echo(shell), 'here\n');
    assert.deepEqual(
      clock.states.map((state) => state.kind),
      ['unreachable', 'reachable'],
    );
  });

  test('that says nothing is asked by one connection, however many wait, and not for long', async () => {
    const silent = await startSilentServer();
    const endpoint: SshEndpoint = { ...sshd.endpoint(), port: silent.port };
    const shell = keep(openSsh2Shell(endpoint, { limits: { handshakeMs: 300 } }));
    const began = performance.now();
    await Promise.all(Array.from({ length: 50 }, () => assert.rejects(echo(shell), /no answer in time/)));
    assert.ok(performance.now() - began < 10_000);
    assert.equal(silent.connections(), 1);
    await silent.close();
  });

  test('that sends a banner without end is given up', async () => {
    const silent = await startSilentServer('noise '.repeat(20_000));
    const endpoint: SshEndpoint = { ...sshd.endpoint(), port: silent.port };
    const shell = keep(openSsh2Shell(endpoint, { limits: { handshakeMs: 300 } }));
    await assert.rejects(echo(shell), UNREACHABLE);
    await silent.close();
  });

  test('that lets us in and then gives no channel is given up, and rests', async () => {
    const server = await startOddSshServer({ ignoresChannels: true });
    const clock = createSshClock();
    const endpoint = server.endpoint({ kind: 'password', password: 'sesame' });
    const shell = keep(openSsh2Shell(endpoint, { ...clock.options, limits: { channelMs: 300 } }));
    await assert.rejects(echo(shell), /gave no channel within 300 ms/);
    await assert.rejects(echo(shell), /left alone/);
    assert.equal(server.connections(), 1);
    assert.deepEqual(
      clock.states.map((state) => state.kind === 'unreachable' && state.step),
      ['channel'],
    );
    await server.close();
  });

  for (const [name, openShell] of [
    ['ssh2', openSsh2Shell],
    ['OpenSSH', openOpenSshShell],
  ] as const) {
    test(`whose connection dies during a command says no more than that: ${name}`, async () => {
      const shell = keep(openShell(sshd.endpoint()));
      const running = shell.run({ script: 'echo begun > "$1"; sleep 5', args: [fileIn(sshd, name)] }, LIMITS);
      await eventually('the command runs', () => readOrEmpty(fileIn(sshd, name)) !== '');
      sshd.signalChildren('SIGKILL');
      await assert.rejects(running, UNREACHABLE);
      // What ends a command may be known before the end of the connection that it used.
      assert.equal(await eventually('it is used again', () => echo(shell)), 'here\n');
    });
  }

  test('whose connection freezes is noticed by keepalives', async () => {
    const shell = keep(openSsh2Shell(sshd.endpoint(), { limits: { keepaliveMs: 100 } }));
    assert.equal(await echo(shell), 'here\n');
    const frozen = sshd.children();
    sshd.signalChildren('SIGSTOP');
    const began = performance.now();
    await assert.rejects(echo(shell), UNREACHABLE);
    assert.ok(performance.now() - began < 15_000);
    for (const pid of frozen) process.kill(pid, 'SIGKILL');
    assert.equal(await eventually('it is used again', () => echo(shell)), 'here\n');
  });

  test('a call that is aborted while it waits for a connection leaves no trace', async () => {
    const silent = await startSilentServer();
    const host = createSshHost({ ...sshd.endpoint(), port: silent.port });
    const controller = new AbortController();
    const waiting = host.withChannel('true', async () => {}, { signal: controller.signal });
    await eventually('it connects', () => silent.connections() === 1);
    controller.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    await host.close();
    await silent.close();
  });

  test('idle connections are ended, and made again when they are needed', async () => {
    const shell = keep(openSsh2Shell(sshd.endpoint(), { limits: { idleMs: 50 } }));
    assert.equal(await echo(shell), 'here\n');
    await eventually('the connection has ended', () => sshd.children().length === 0);
    assert.equal(await echo(shell), 'here\n');
  });
});

describe('a host with tight limits (T37)', () => {
  let sshd: Sshd;
  before(async () => {
    sshd = await startSshd({ config: ['MaxSessions 1', 'MaxStartups 2:50:5'] });
  });
  after(() => sshd.close());

  /** Runs `work` while a directory of the host is watched. */
  async function besideWatch(connections: number, work: (host: SshHost, shell: Shell) => Promise<void>) {
    const host = createSshHost(sshd.endpoint(), { limits: { connections } });
    const shell = createSshShell(host);
    const controller = new AbortController();
    const watching = shell.watch(join(sshd.directory, 'watched'), () => {}, controller.signal);
    try {
      await work(host, shell);
    } finally {
      controller.abort();
      await watching;
      await host.close();
    }
  }

  test('does what is asked over few connections, beside a watch and SFTP', () =>
    besideWatch(3, async (host, shell) => {
      let most = 0;
      const working = Promise.all([
        ...Array.from({ length: 40 }, () => echo(shell)),
        ...Array.from({ length: 20 }, () => host.withSftp((sftp) => sftp.stat(Buffer.from('/')))),
      ]);
      let isDone = false;
      void working.finally(() => {
        isDone = true;
      });
      await eventually('all is done', () => {
        most = Math.max(most, sshd.connections());
        return isDone;
      });
      await working;
      assert.ok(most >= 1 && most <= 3, `there were ${most} connections`);
    }));

  test('over one connection, too, nobody waits for a watch or an idle session', () =>
    besideWatch(1, async (host, shell) => {
      const began = performance.now();
      for (let round = 0; round < 3; round += 1) {
        assert.equal(await echo(shell), 'here\n');
        await host.withSftp((sftp) => sftp.stat(Buffer.from('/')));
      }
      assert.ok(performance.now() - began < 15_000);
    }));

  test('that hangs up on newcomers is asked again a moment later', async () => {
    await sshd.stop();
    await sshd.start(['MaxStartups 1:100:1']);
    const intruder = connect(sshd.port, '127.0.0.1');
    await new Promise((resolve) => intruder.once('data', resolve));
    const clock = createSshClock();
    const shell = keep(openSsh2Shell(sshd.endpoint(), clock.options));
    const answer = echo(shell);
    await eventually('it was turned away', () => /MaxStartups|drop connection|beginning/i.test(sshd.log()));
    intruder.destroy();
    assert.equal(await answer, 'here\n');
    assert.deepEqual(clock.states, []);
  });
});

describe('a host with another key (T38)', () => {
  let sshd: Sshd;
  before(async () => {
    sshd = await startSshd();
  });
  after(() => sshd.close());

  for (const [name, openShell] of [
    ['ssh2', openSsh2Shell],
    ['OpenSSH', openOpenSshShell],
  ] as const) {
    test(`is told nothing about the user: ${name}`, async () => {
      const shell = keep(openShell(sshd.endpoint()));
      assert.equal(await echo(shell), 'here\n');
      await sshd.stop();
      sshd.replaceHostKeys();
      const logged = sshd.log().length;
      await sshd.start();
      const pattern =
        name === 'ssh2' ? /expected the host key ssh-ed25519 SHA256:.* got ssh-ed25519 SHA256:/ : /key/i;
      await eventually('the key is found to be another', async () => {
        await assert.rejects(echo(shell), pattern);
        return true;
      });
      // A session of before may end only now.
      const said = sshd
        .log()
        .slice(logged)
        .replaceAll(/^(?:.*\bsession\b.* user root .*|.*\bdisconnect.*)$/gim, '');
      assert.doesNotMatch(said, /publickey|root|password|userauth/i);
      await shell.close();
    });
  }

  test('gets no password, by whichever way it asks for one', async () => {
    const server = await startOddSshServer({ methods: ['password', 'keyboard-interactive'] });
    const endpoint = server.endpoint({ kind: 'password', password: 'sesame' });
    const states = createSshClock();
    const shell = keep(openSsh2Shell({ ...endpoint, hostKeys: sshd.endpoint().hostKeys }, states.options));
    await assert.rejects(echo(shell), UNREACHABLE);
    assert.equal(server.connections(), 1);
    assert.deepEqual(server.offered, []);
    assert.deepEqual(
      states.states.map((state) => state.kind === 'unreachable' && state.step),
      ['host-key'],
    );
    await server.close();
  });
});

describe('a host that refuses the credentials (T39)', () => {
  let sshd: Sshd;
  before(async () => {
    sshd = await startSshd();
  });
  after(() => sshd.close());

  test('is asked at most once a minute after five refusals, and used when it takes them again', async () => {
    const clock = createSshClock();
    const shell = keep(openSsh2Shell(sshd.endpoint(), clock.options));
    sshd.authorize([]);
    const minutes = 20;
    for (let second = 0; second < minutes * 60; second += 2) {
      clock.skip(2_000);
      await assert.rejects(echo(shell), UNREACHABLE);
    }
    const tries = sshd.log().split('Connection from').length - 2;
    assert.ok(tries >= minutes / 2 && tries <= minutes + 6, `there were ${tries} tries`);
    assert.deepEqual(
      clock.states.map((state) => state.kind === 'unreachable' && state.step),
      ['authenticate'],
    );
    sshd.authorize([readFileSync(`${sshd.privateKeyPath}.pub`, 'utf8')]);
    clock.skip(80_000);
    assert.equal(await echo(shell), 'here\n');
    assert.equal(clock.states.at(-1)?.kind, 'reachable');
  });

  test('is entered with the new key after a rotation', async () => {
    const path = join(sshd.directory, 'rotated_key');
    makeKey('ed25519', path);
    const auth = { kind: 'key', privateKey: readFileSync(path, 'utf8'), passphrase: null } as const;
    const shell = keep(openSsh2Shell({ ...sshd.endpoint(), auth }));
    await assert.rejects(echo(shell), /refused the credentials/);
    sshd.authorize([readFileSync(`${path}.pub`, 'utf8')]);
    assert.equal(await eventually('it is let in', () => echo(shell)), 'here\n');
  });
});

function fileIn(sshd: Sshd, name: string): string {
  return join(sshd.directory, `begun-${name}`);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

interface SilentServer {
  readonly port: number;
  connections(): number;
  close(): Promise<void>;
}

/** Takes connections and says nothing, or one text again and again. */
async function startSilentServer(text?: string): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server: Server = createServer((socket) => {
    count += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    if (text !== undefined) {
      const timer = setInterval(() => socket.write(text), 10);
      socket.on('close', () => clearInterval(timer));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return {
    port: address.port,
    connections: () => count,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
