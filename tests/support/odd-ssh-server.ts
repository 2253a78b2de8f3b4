import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ServerChannel, type Session } from 'ssh2';
import type { SshAuth, SshEndpoint } from '../../packages/server/src/ssh/ssh-endpoint.ts';

/** How a server of {@link startOddSshServer} behaves. */
export interface OddSshOptions {
  /** The ways to log in that it offers. Default: `password`. */
  readonly methods?: readonly ('password' | 'keyboard-interactive')[];
  /** What it takes. Default: `sesame`. */
  readonly password?: string;
  /** It lets users in and then says nothing more. */
  readonly ignoresChannels?: boolean;
  /** It cuts the connection instead of passing on an output in which this stands. */
  readonly cutsAt?: string;
}

/** A server in this process that does what sshd never would; it runs commands as sshd does. */
export interface OddSshServer {
  readonly port: number;
  readonly hostKey: string;
  /** The proofs it was offered, in words such as `password sesame`. */
  readonly offered: readonly string[];
  /** The connections it has had. */
  connections(): number;
  endpoint(auth: SshAuth): SshEndpoint;
  close(): Promise<void>;
}

/** Starts a server with a host key of its own. */
export async function startOddSshServer(options: OddSshOptions = {}): Promise<OddSshServer> {
  const { private: privateKey, public: hostKey } = ssh2.utils.generateKeyPairSync('ed25519');
  const offered: string[] = [];
  const open = new Set<Connection>();
  let count = 0;
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (connection) => {
    count += 1;
    open.add(connection);
    connection.on('close', () => open.delete(connection));
    // Clients that hang up are what the tests are about.
    connection.on('error', () => {});
    connection.on('authentication', (context) => authenticate(context, options, offered));
    connection.on('session', (accept) => {
      if (options.ignoresChannels !== true) serve(accept(), connection, options);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    hostKey,
    offered,
    connections: () => count,
    endpoint: (auth) => ({ host: '127.0.0.1', port, username: 'jdoe', auth, hostKeys: [hostKey], via: null }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of open) connection.end();
      }),
  };
}

function authenticate(context: AuthContext, options: OddSshOptions, offered: string[]): void {
  const { methods = ['password'], password = 'sesame' } = options;
  const refuse = () => context.reject([...methods]);
  if (context.method === 'password') {
    offered.push(`password ${context.password}`);
    if (methods.includes('password') && context.password === password) context.accept();
    else refuse();
  } else if (context.method === 'keyboard-interactive' && methods.includes('keyboard-interactive')) {
    context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
      offered.push(`keyboard-interactive ${answers.join()}`);
      if (answers[0] === password) context.accept();
      else refuse();
    });
  } else {
    offered.push(context.method);
    refuse();
  }
}

function serve(session: Session, connection: Connection, options: OddSshOptions): void {
  session.on('exec', (accept, _reject, { command }) => {
    runCommand(command, accept(), connection, options);
  });
}

function runCommand(
  command: string,
  channel: ServerChannel,
  connection: Connection,
  { cutsAt }: OddSshOptions,
): void {
  const child = spawn('/bin/sh', ['-c', command], { detached: true, stdio: 'pipe' });
  channel.on('error', () => {});
  child.stdin.on('error', () => {});
  channel.pipe(child.stdin);
  child.stderr.on('data', (chunk: Buffer) => channel.stderr.write(chunk));
  child.stdout.on('data', (chunk: Buffer) => {
    if (cutsAt !== undefined && chunk.includes(cutsAt)) connection.end();
    else channel.write(chunk);
  });
  child.on('close', (code) => {
    channel.exit(code ?? 255);
    channel.end();
  });
}
