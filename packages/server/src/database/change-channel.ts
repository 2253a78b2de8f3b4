import { isRecord } from '@arras/contract';
import { sql } from 'kysely';
import pg from 'pg';
import type { Change } from './changes.ts';
import type { ConnectionOptions, Db } from './connection.ts';

// Changes told to the other processes on the same database. PostgreSQL delivers notifications only to those who listen
// at that moment, so they are hints: who misses one finds the change at the next look into the tables.

const CHANNEL = 'arras_changes';
/** Bytes of a payload; PostgreSQL takes less than 8,000. */
const MAX_PAYLOAD = 7_500;

interface Envelope {
  /** The replica that sends. */
  readonly from: string;
  readonly changes: readonly Change[];
}

/** Tells changes to every other process that listens now. Never inside a transaction that others wait for. */
export async function sendChanges(db: Db, replica: string, changes: readonly Change[]): Promise<void> {
  const payloads = packChanges(replica, changes);
  if (payloads.length === 0) return;
  await sql`select pg_notify(${CHANNEL}, p) from unnest(${payloads}::text[]) as p`.execute(db);
}

/** As many changes a payload as fit. */
function packChanges(from: string, changes: readonly Change[]): string[] {
  const payloads: string[] = [];
  let waiting: Change[] = [];
  let size = 0;
  const flush = () => {
    if (waiting.length > 0) payloads.push(JSON.stringify({ from, changes: waiting } satisfies Envelope));
    waiting = [];
    size = from.length + 30;
  };
  flush();
  for (const change of changes) {
    const length = Buffer.byteLength(JSON.stringify(change)) + 1;
    if (size + length > MAX_PAYLOAD) flush();
    waiting.push(change);
    size += length;
  }
  flush();
  return payloads;
}

/** What a listener tells. */
export interface ChannelEvents {
  onChanges(changes: readonly Change[]): void;
  /** Notifications may have been missed: called after every new connection. */
  onConnected(): void;
  onLost(reason: string): void;
}

/** Milliseconds between two proofs that the connection is alive. */
const PROBE_EVERY_MS = 5_000;
/** Milliseconds that an answer may take, and before the next attempt to connect. */
const ANSWER_MS = 4_000;
const RECONNECT_MS = 1_000;

/**
 * Listens on a connection of its own until disposal. A connection that is silently dead is noticed by its probe and
 * replaced (RELIABILITY T23: within 15 s).
 */
export class ChangeListenerConnection implements AsyncDisposable {
  readonly #options: ConnectionOptions;
  readonly #replica: string;
  readonly #events: ChannelEvents;
  readonly #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #client: pg.Client | null = null;

  constructor(options: ConnectionOptions, replica: string, events: ChannelEvents) {
    this.#options = options;
    this.#replica = replica;
    this.#events = events;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const reason = await this.#listen().catch((error: unknown) =>
        error instanceof Error ? error.message : String(error),
      );
      if (this.#stop.signal.aborted) return;
      this.#events.onLost(reason);
      await this.#pause(RECONNECT_MS);
    }
  }

  /** Resolves with the reason when the connection has ended. */
  async #listen(): Promise<string> {
    const client = new pg.Client({
      ...this.#options,
      application_name: 'arras listener',
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    });
    const ended = Promise.withResolvers<string>();
    client.on('error', (error) => ended.resolve(error.message));
    client.on('end', () => ended.resolve('the connection was closed'));
    client.on('notification', ({ payload = '' }) => this.#receive(payload));
    this.#client = client;
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.#events.onConnected();
      return await Promise.race([ended.promise, this.#probe(client)]);
    } finally {
      this.#client = null;
      // A dead peer never confirms the end.
      void client.end().catch(() => undefined);
      client.connection?.stream.destroy();
    }
  }

  async #probe(client: pg.Client): Promise<string> {
    for (;;) {
      await this.#pause(PROBE_EVERY_MS);
      if (this.#stop.signal.aborted) return 'the service is stopping';
      await client.query('select 1');
    }
  }

  #receive(payload: string): void {
    const envelope = readEnvelope(payload);
    if (envelope !== null && envelope.from !== this.#replica) this.#events.onChanges(envelope.changes);
  }

  #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#stop.signal.addEventListener('abort', () => resolve(), { once: true });
    return promise.finally(() => clearTimeout(timer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#client?.end().catch(() => undefined);
    await this.#loop;
  }
}

/** Null for what is none of ours: anybody with access to the database can notify. */
function readEnvelope(payload: string): Envelope | null {
  try {
    const envelope: unknown = JSON.parse(payload);
    const isOurs = isRecord(envelope) && typeof envelope.from === 'string' && Array.isArray(envelope.changes);
    return isOurs ? (envelope as unknown as Envelope) : null;
  } catch {
    return null;
  }
}
