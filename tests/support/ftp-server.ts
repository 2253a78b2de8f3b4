import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from './certificates.ts';
import { eventually } from './eventually.ts';
import { findFreePort } from './free-port.ts';

/** A private FTP server on loopback with one account. */
export interface FtpServerProcess extends AsyncDisposable {
  readonly port: number;
  /** What the account sees as `/`. */
  readonly root: string;
  readonly credentials: { readonly username: string; readonly password: string };
  pause(): void;
}

/** How the server is to be. */
export interface FtpServerOptions {
  /** Only encrypted connections. */
  readonly tls?: boolean;
  readonly certificate?: Certificate;
  /** Connections of one address at a time. */
  readonly mostConnections?: number;
  /** The server does not describe files for machines (MLST, MLSD), as older ones do not, but for people only (LIST). */
  readonly isOld?: boolean;
}

/** The account whose files they are: not root's, as servers refuse that. */
const NOBODY = 65_534;
const CREDENTIALS = { username: 'ada', password: 'pass word%' };

/** Starts a Pure-FTPd. It changes its account, which only root can. */
export async function startFtpServer(options: FtpServerOptions): Promise<FtpServerProcess> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'arras-ftp-')));
  execFileSync('chmod', ['755', directory]);
  const root = join(directory, 'root');
  mkdirSync(root);
  chownSync(root, NOBODY, NOBODY);
  const { certificate } = options;
  if (certificate !== undefined) {
    writeFileSync(join(directory, 'tls.pem'), certificate.cert + certificate.key, { mode: 0o600 });
  }
  const port = await findFreePort();
  const args = prepare({ directory, root, port, options });
  const server = spawn('pure-ftpd', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Servers lie where only root's PATH looks.
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
  });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (data) => (said += String(data)));
  await eventually(`pure-ftpd listens (${said})`, () => canConnect(port));
  const old = options.isOld === true ? await startOldFace(port) : null;
  return {
    port: old?.port ?? port,
    root,
    credentials: CREDENTIALS,
    pause: () => server.kill('SIGSTOP'),
    [Symbol.asyncDispose]: async () => {
      old?.close();
      await end(server, directory);
    },
  };
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}

interface Command {
  readonly directory: string;
  readonly root: string;
  readonly port: number;
  readonly options: FtpServerOptions;
}

/** Ports for data, apart from those of other servers of the tests. */
function dataPorts(port: number): readonly [number, number] {
  const first = 20_000 + (port % 100) * 100;
  return [first, first + 99];
}

/** Makes the account; returns the arguments of the server. */
function prepare({ directory, root, port, options }: Command): string[] {
  const { username, password } = CREDENTIALS;
  const accounts = join(directory, 'accounts');
  // Its own tool would choose a hash that takes seconds at each login.
  const hash = execFileSync('openssl', ['passwd', '-5', '-stdin'], { input: password }).toString().trim();
  writeFileSync(accounts, `${username}:${hash}:${NOBODY}:${NOBODY}::${root}/./::::::::::::\n`, {
    mode: 0o600,
  });
  execFileSync('pure-pw', ['mkdb', join(directory, 'accounts.pdb'), '-f', accounts]);
  const [first, last] = dataPorts(port);
  const args = [
    '--ipv4only --noanonymous --dontresolve --allowdotfiles --displaydotfiles'.split(' '),
    ['--bind', `127.0.0.1,${port}`, '--passiveportrange', `${first}:${last}`],
    ['--login', `puredb:${join(directory, 'accounts.pdb')}`, '--minuid', '1'],
    ['--pidfile', join(directory, 'pid'), '--umask', '133:022'],
    ['--maxclientsperip', String(options.mostConnections ?? 50)],
    options.tls === true ? ['--tls', '3', '--certfile', join(directory, 'tls.pem')] : [],
  ];
  return args.flat();
}

/** Passes commands on to the server and hides from its answers what old ones do not know. */
async function startOldFace(port: number): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const face = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => [client, server].map((one) => one.destroy()));
    }
    client.pipe(server);
    server.on('data', (data) => client.write(data.toString('latin1').replace(/MLS[TD]/g, 'NONE'), 'latin1'));
  }).listen(0, '127.0.0.1');
  await once(face, 'listening');
  return {
    port: (face.address() as AddressInfo).port,
    close: () => {
      face.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function end(server: ChildProcess, directory: string): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    server.kill('SIGCONT');
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  rmSync(directory, { recursive: true, force: true });
}
