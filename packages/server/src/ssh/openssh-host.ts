import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenSshEndpoint, renderOpenSshFiles } from './openssh-config.ts';
import { type OpenSshConnection, openOpenSshConnection } from './openssh-connection.ts';
import { createPooledHost } from './pooled-ssh-host.ts';
import { SSH_LIMITS, type SshHost, type SshHostOptions, SshUnavailable } from './ssh-host.ts';

/** Options of {@link createOpenSshHost}. Addresses are not checked: the `ssh` program looks them up itself. */
export interface OpenSshHostOptions extends Omit<SshHostOptions, 'isAllowedAddress'> {
  /** Where the private directory is made: made itself if need be. Default: the system's temporary directory. */
  readonly parentDirectory?: string;
  /** Hears each line that `ssh` says while it connects. */
  readonly onLine?: (line: string) => void;
}

/** One connection; each channel of it is a process here as well, so that they are fewer than OpenSSH's 10. */
export const OPENSSH_LIMITS = { ...SSH_LIMITS, connections: 1, channelsPerConnection: 8 };

/**
 * Makes a host that the system's `ssh` program enters, for what the library lacks: certificates of users, hardware
 * keys, agents, Kerberos. Nothing is connected, and nothing written, until it is needed. Everything else is as with the
 * library: pinned keys, breaker, SFTP.
 */
export function createOpenSshHost(endpoint: OpenSshEndpoint, options: OpenSshHostOptions = {}): SshHost {
  const limits = { ...OPENSSH_LIMITS, ...options.limits };
  const { parentDirectory = tmpdir(), onLine } = options;
  const connections = new Set<OpenSshConnection>();
  let written: Promise<string> | null = null;
  let connecting: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  async function connect(): Promise<OpenSshConnection> {
    // As with the library: without a key to compare with, nothing may be sent.
    if (endpoint.hostKeys.length === 0)
      throw new SshUnavailable('host-key', `${endpoint.host}: no host key is registered`);
    written ??= writeDirectory(endpoint, parentDirectory);
    const directory = await written;
    const connection = await openOpenSshConnection({
      directory,
      channelMs: limits.channelMs,
      ...(onLine !== undefined && { onLine }),
    });
    connections.add(connection);
    if (isClosed) await connection.exit();
    void connection.ended.then(() => connection.exit()).finally(() => connections.delete(connection));
    return connection;
  }

  return createPooledHost({
    options: { ...options, limits },
    connect: () => {
      const opening = connect();
      connecting = opening.catch(() => {});
      return opening;
    },
    afterClose: async () => {
      isClosed = true;
      await connecting;
      await Promise.all([...connections].map((connection) => connection.exit()));
      const directory = await written?.catch(() => null);
      if (directory) await rm(directory, { recursive: true, force: true });
    },
  });
}

async function writeDirectory(endpoint: OpenSshEndpoint, parentDirectory: string): Promise<string> {
  await mkdir(parentDirectory, { recursive: true, mode: 0o700 });
  // Made with mode 0700.
  const directory = await mkdtemp(join(parentDirectory, `${namePrefix(process.pid)}-`));
  try {
    for (const { name, text } of renderOpenSshFiles(endpoint, directory)) {
      await writeFile(join(directory, name), text, { mode: 0o600, flag: 'wx' });
    }
    return directory;
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** Short, because the path of a socket may have 107 bytes; processes of other hosts may share the directory. */
function namePrefix(pid: number): string {
  const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 6);
  return `ssh-${host}-${pid}`;
}

/**
 * Removes the private directories of processes of this host that are gone: they hold keys. A number that was given to
 * another process meanwhile keeps its directory until a later start.
 */
export async function removeForsakenDirectories(parentDirectory: string): Promise<void> {
  const names = await readdir(parentDirectory).catch(() => []);
  for (const name of names) {
    const pid = /^ssh-[0-9a-f]{6}-([0-9]+)-/.exec(name)?.[1];
    if (pid === undefined || !name.startsWith(`${namePrefix(Number(pid))}-`) || isAlive(Number(pid)))
      continue;
    await rm(join(parentDirectory, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
