import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type DemoMail, parseMail } from './parse-mail.ts';

/** A mail server on loopback that keeps what it gets: just enough of SMTP (RFC 5321) for the demonstration. */
export interface DemoMailbox extends AsyncDisposable {
  /** `smtp://127.0.0.1:PORT`, as ARRAS_SMTP_URL wants it. */
  readonly url: string;
  readonly mails: readonly DemoMail[];
}

/** Starts a mailbox on a free port. */
export async function startDemoMailbox(): Promise<DemoMailbox> {
  const mails: DemoMail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    converse(socket, (raw) => mails.push(parseMail(raw))).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** One connection: greeting, commands, and after DATA the lines of a mail up to a single dot. */
async function converse(socket: Socket, deliver: (raw: string) => void): Promise<void> {
  const say = (answer: string) => socket.write(`${answer}\r\n`);
  let mail: string[] | null = null;
  say('220 demo ready');
  for await (const line of createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (mail === null) {
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'DATA') mail = [];
      say(ANSWERS[verb] ?? '502 not known here');
      if (verb === 'QUIT') socket.end();
    } else if (line === '.') {
      deliver(mail.join('\n'));
      mail = null;
      say('250 taken');
      // A line that begins with a dot travels with one more (RFC 5321, 4.5.2).
    } else mail.push(line.startsWith('.') ? line.slice(1) : line);
  }
}

const ANSWERS: Readonly<Record<string, string>> = {
  EHLO: '250 demo',
  HELO: '250 demo',
  MAIL: '250 fine',
  RCPT: '250 fine',
  DATA: '354 go on, end with a dot',
  RSET: '250 fine',
  NOOP: '250 fine',
  QUIT: '221 good bye',
};
