import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import pg from 'pg';
import type { EmbeddedPostgres } from '../../packages/server/src/database/embedded-postgres.ts';

/** A connection pooler in transaction mode on a TCP port of the loopback interface. */
export interface TransactionPooler {
  readonly port: number;
  close(): Promise<void>;
}

interface Backend {
  readonly socket: Socket;
  /** Who reads its answers now. */
  client: Socket | null;
}

/**
 * Does to sessions what PgBouncer does in transaction mode, without needing it: clients are let in without
 * a password, every message goes to a backend that is lent until ReadyForQuery says that no transaction is
 * open, and who finds none free waits. Good for simple and extended queries; no COPY, no cancellation.
 */
export async function startTransactionPooler(
  connection: EmbeddedPostgres['connection'],
  size: number,
): Promise<TransactionPooler> {
  const sessions = await Promise.all(Array.from({ length: size }, () => openSession(connection)));
  const backends: Backend[] = sessions.map((session) => ({ socket: takeSocket(session), client: null }));
  const waiting: { client: Socket; message: Buffer }[] = [];

  const send = (client: Socket, message: Buffer) => {
    const backend =
      backends.find((one) => one.client === client) ?? backends.find((one) => one.client === null);
    if (backend === undefined) {
      waiting.push({ client, message });
      return;
    }
    backend.client = client;
    backend.socket.write(message);
  };
  for (const backend of backends)
    readMessages(backend.socket, (message) => {
      backend.client?.write(message);
      if (!endsTransaction(message)) return;
      // Lent in turns: the one just freed goes to the end of the line.
      backend.client = null;
      backends.push(...backends.splice(backends.indexOf(backend), 1));
      for (const { client, message: next } of waiting.splice(0)) send(client, next);
    });

  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on('error', () => undefined); // A client that leaves in the middle is no concern of the pooler.
    client.once('data', () => {
      client.write(WELCOME);
      readMessages(client, (message) => (message[0] === TERMINATE ? client.end() : send(client, message)));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a TCP port');
  const close = async () => {
    for (const client of clients) client.destroy();
    for (const backend of backends) backend.socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { port: address.port, close };
}

// https://www.postgresql.org/docs/current/protocol-message-formats.html
const TERMINATE = 0x58; // X
const READY_FOR_QUERY = 0x5a; // Z
const IDLE = 0x49; // I
/** AuthenticationOk, then ReadyForQuery outside a transaction. */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, READY_FOR_QUERY, 0, 0, 0, 5, IDLE]);

function endsTransaction(message: Buffer): boolean {
  return message[0] === READY_FOR_QUERY && message[5] === IDLE;
}

async function openSession(connection: EmbeddedPostgres['connection']): Promise<pg.Client> {
  const client = new pg.Client(connection);
  client.on('error', () => undefined); // Ends with the server.
  await client.connect();
  return client;
}

/** `pg` logs in; from then on the bytes are the pooler's. */
function takeSocket(client: pg.Client): Socket {
  const socket = client.connection.stream as Socket;
  socket.removeAllListeners('data');
  return socket;
}

/** One tag byte, four bytes of length that count themselves, the rest. */
function readMessages(socket: Socket, onMessage: (message: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length >= rest.readUInt32BE(1) + 1) {
      const end = rest.readUInt32BE(1) + 1;
      onMessage(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  });
}
