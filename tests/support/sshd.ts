import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { SshEndpoint } from '../../packages/server/src/ssh/ssh-endpoint.ts';
import { eventually } from './eventually.ts';
import { listProcesses } from './process-table.ts';

/** Lines of `sshd_config(5)` that a test sets, such as `MaxSessions 1`. */
export interface SshdOptions {
  readonly config?: readonly string[];
}

/** A private OpenSSH server on a loopback port, with keys of its own; the account is the one that runs the tests. */
export interface Sshd {
  readonly port: number;
  readonly directory: string;
  /** The user's private key, in OpenSSH's format. */
  readonly privateKey: string;
  readonly privateKeyPath: string;
  /** How to enter it. */
  endpoint(): SshEndpoint;
  /** Everything it has said. */
  log(): string;
  /** The processes of its connections. */
  children(): readonly number[];
  /** How many connections there are. */
  connections(): number;
  signalChildren(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
  /** Listens again on the same port, with these lines of configuration in place of the former. */
  start(config?: readonly string[]): Promise<void>;
  /** Makes new host keys; they are used from the next start. */
  replaceHostKeys(): void;
  /** Which keys may log in. Default: the private key's. */
  authorize(publicKeys: readonly string[]): void;
  close(): Promise<void>;
}

const HOST_KEY_TYPES = ['ed25519', 'ecdsa', 'rsa'] as const;

/** Starts a server. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const directory = mkdtempSync(join(tmpdir(), 'arras-sshd-'));
  const port = await findFreePort();
  mkdirSync(join(directory, 'home'));
  const privateKeyPath = join(directory, 'user_key');
  makeKey('ed25519', privateKeyPath);
  // Where sshd's unprivileged half lives; on a machine that runs no sshd of its own nobody has made it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  let server: ChildProcess | null = null;
  let said = '';
  let config = options.config ?? [];

  const sshd: Sshd = {
    port,
    directory,
    privateKey: readFileSync(privateKeyPath, 'utf8'),
    privateKeyPath,
    endpoint: () => ({
      host: '127.0.0.1',
      port,
      username: userInfo().username,
      auth: { kind: 'key', privateKey: sshd.privateKey, passphrase: null },
      hostKeys: HOST_KEY_TYPES.map((type) =>
        readFileSync(`${hostKeyPath(directory, type)}.pub`, 'utf8').trim(),
      ),
      via: null,
    }),
    log: () => said,
    children: () => descendants(server?.pid ?? -1),
    // One process below the listener for each, and for other accounts than root a second one below that.
    connections: () => listProcesses().filter(({ parent }) => parent === server?.pid).length,
    signalChildren: (signal) => {
      for (const pid of sshd.children()) process.kill(pid, signal);
    },
    start: async (newConfig) => {
      config = newConfig ?? config;
      writeFileSync(join(directory, 'sshd_config'), renderConfig(directory, port, config));
      const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(directory, 'sshd_config')], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      server = child;
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
      });
      await eventually('sshd listens', () => {
        if (child.exitCode !== null) throw new Error(`sshd ended: ${said}`);
        return canConnect(port);
      });
    },
    stop: async () => {
      const child = server;
      server = null;
      if (child === null || child.exitCode !== null) return;
      const connections = descendants(child.pid ?? -1);
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      for (const pid of connections) endProcess(pid);
    },
    replaceHostKeys: () => {
      for (const type of HOST_KEY_TYPES) makeKey(type, hostKeyPath(directory, type));
    },
    authorize: (publicKeys) =>
      writeFileSync(join(directory, 'authorized_keys'), `${publicKeys.join('\n')}\n`),
    close: async () => {
      await sshd.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  sshd.replaceHostKeys();
  sshd.authorize([readFileSync(`${privateKeyPath}.pub`, 'utf8').trim()]);
  await sshd.start();
  return sshd;
}

function renderConfig(directory: string, port: number, extra: readonly string[]): string {
  return [
    // The first value of a keyword counts.
    ...extra,
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    ...HOST_KEY_TYPES.map((type) => `HostKey ${hostKeyPath(directory, type)}`),
    `AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
    `PidFile ${join(directory, 'pid')}`,
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    // The keys lie in the tests' temporary directory.
    'StrictModes no',
    'LogLevel VERBOSE',
    'Subsystem sftp internal-sftp',
    // An account without startup files, whatever the account of the tests has.
    `SetEnv HOME=${join(directory, 'home')}`,
    '',
  ].join('\n');
}

function hostKeyPath(directory: string, type: string): string {
  return join(directory, `host_${type}`);
}

/** Makes a key pair. RSA keys are as short as servers take, since they are slow to find. */
export function makeKey(type: string, path: string, ...more: readonly string[]): void {
  rmSync(path, { force: true });
  const bits = type === 'rsa' ? ['-b', '2048'] : [];
  const passphrase = more.includes('-N') ? [] : ['-N', ''];
  const words = ['-q', '-t', type, ...bits, ...passphrase, '-C', 'a test', ...more, '-f', path];
  const { status, stderr } = spawnSync('ssh-keygen', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ssh-keygen failed: ${stderr}`);
}

function descendants(pid: number): readonly number[] {
  const processes = listProcesses();
  const found: number[] = [];
  // The list is in the order of pids, which may have started anew: each round finds one more generation.
  for (let parents = [pid]; parents.length > 0; ) {
    parents = processes
      .filter((entry) => parents.includes(entry.parent) && entry.command.startsWith('sshd'))
      .map((entry) => entry.pid);
    found.push(...parents);
  }
  return found;
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended with its server.
  }
}

/** A loopback port that nobody listens on. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return address.port;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
