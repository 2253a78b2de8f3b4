import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as it was handed over. */
export interface Handed {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly mail: ParsedMail;
  readonly secure: boolean;
  readonly user: string | undefined;
}

/** How the server treats what comes. */
export type MailMode =
  | 'ok'
  | '421'
  | '450'
  | '550'
  | 'rcpt550'
  | 'data550'
  | 'auth530'
  | 'greylist'
  | 'drop-after-data'
  | 'slow';

/** A real SMTP server on loopback. */
export interface MailServer extends AsyncDisposable {
  readonly port: number;
  /** `smtp://127.0.0.1:PORT` */
  readonly url: string;
  readonly handed: readonly Handed[];
  mode: MailMode;
}

/** Starts a server. Without certificates of its own it offers no STARTTLS; `login` is the one it wants, if any. */
export async function startMailServer(
  options: {
    readonly tls?: { readonly cert: string; readonly key: string };
    readonly implicitTls?: boolean;
    readonly login?: { readonly user: string; readonly pass: string };
  } = {},
): Promise<MailServer> {
  const { tls, login } = options;
  const handed: Handed[] = [];
  const greylisted = new Set<string>();
  const server = new SMTPServer({
    ...tls,
    secure: options.implicitTls ?? false,
    disabledCommands: tls === undefined ? ['STARTTLS'] : [],
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 500,
    onAuth: ({ username, password }, _session, done) =>
      username === login?.user && password === login?.pass
        ? done(null, { user: username })
        : done(new Error('no such login')),
    ...handlers(),
  });
  const result = { port: 0, url: '', handed, mode: 'ok' as MailMode };

  function handlers(): Pick<SMTPServerOptions, 'onConnect' | 'onMailFrom' | 'onRcptTo' | 'onData'> {
    return {
      onConnect: (_session, done) => {
        if (result.mode === 'slow') return;
        done(result.mode === '421' ? refusal(421, 'busy, come back later') : null);
      },
      onMailFrom: (_address, _session, done) => {
        if (result.mode === '450') return done(refusal(450, 'mailbox busy'));
        done(result.mode === 'auth530' ? refusal(530, 'authentication required') : null);
      },
      onRcptTo: ({ address }, _session, done) => {
        if (result.mode === '550' || result.mode === 'rcpt550') return done(refusal(550, 'no such user'));
        if (result.mode !== 'greylist' || greylisted.has(address)) return done();
        greylisted.add(address);
        done(refusal(451, 'greylisted, try again'));
      },
      onData: (stream, session, done) => {
        acceptThen(stream, session, (error) => {
          if (error !== null) return done(error);
          if (result.mode === 'drop-after-data') return cutAll();
          done(result.mode === 'data550' ? refusal(550, 'this smells of spam') : null);
        });
      },
    };
  }

  const acceptThen = callbackify(accept);

  async function accept(
    stream: NodeJS.ReadableStream,
    session: Parameters<NonNullable<SMTPServerOptions['onData']>>[1],
  ): Promise<void> {
    const raw = await buffer(stream);
    const { mailFrom, rcptTo } = session.envelope;
    handed.push({
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      raw: raw.toString('utf8'),
      mail: await simpleParser(raw),
      secure: session.secure,
      user: session.user,
    });
  }

  function cutAll(): void {
    for (const connection of sockets) connection.destroy();
  }

  const sockets = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => {
    // Node 24 crashes when the socket below a TLS socket is destroyed, so those are left to the server's own end.
    if (tls !== undefined) return;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  result.port = (server.server.address() as AddressInfo).port;
  result.url = `${options.implicitTls ? 'smtps' : 'smtp'}://127.0.0.1:${result.port}`;
  return Object.assign(result, {
    [Symbol.asyncDispose]: async () => {
      cutAll();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
