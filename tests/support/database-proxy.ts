import { createConnection } from 'node:net';
import { type ProxiedPair, startTcpProxy } from './tcp-proxy.ts';

/**
 * What the proxy asks about each write: let it through, or do something to the service before or after it happens.
 * With `before` the statement never arrives, with `after` its answer never does; the two `hold` forms delay statement
 * or answer until `release`, as for a process that was frozen at that moment.
 */
export type Verdict = 'pass' | 'before' | 'after' | 'hold-before' | 'hold-after';

/** Judges a write by its number, its SQL and, as text, what the client sent with it. */
export type Judge = (write: number, statement: string, sent: string) => Verdict;

/** A TCP proxy in front of PostgreSQL that counts statements that write. */
export interface DatabaseProxy extends AsyncDisposable {
  /** `DATABASE_URL` through the proxy. */
  readonly url: string;
  /** Asked for each write with its number since the last call; numbers begin at 1. */
  watch(decide: Judge, kill: () => void): void;
  unwatch(): void;
  /** Lets what was held go on. */
  release(): void;
  /** Breaks every connection at once. */
  reset(): void;
  /**
   * While true, nothing passes in either direction, and connections stay open; what was sent meanwhile comes later.
   * `listener`: only on connections that listen for notifications, present and new ones. Default: on all.
   */
  blackhole(on: boolean, which?: 'all' | 'listener'): void;
  /** Writes seen since `watch`. */
  readonly writes: () => number;
}

/** Application name of the connections that listen. */
const LISTENER = 'arras listener';

/** Statements that change rows: ours, and those of the task queue that take and complete tasks. */
const WRITES =
  /^\s*(?:insert|update|delete|with\s|select\s+count\(\*\)\s+from\s+graphile_worker\.add_jobs|commit)/i;
const READ_ONLY_WITH = /^\s*with\s(?![\s\S]*\b(?:insert|update|delete)\b)/i;

/** Message types of the frontend protocol that carry SQL or run it (PostgreSQL manual, 54.7). */
const QUERY = 'Q'.charCodeAt(0);
const PARSE = 'P'.charCodeAt(0);
const BIND = 'B'.charCodeAt(0);

/** Stands between the service and a server that is reached through a Unix socket. */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl.replace('@/', '@socket/'));
  const socketPath = `${target.searchParams.get('host')}/.s.PGSQL.5432`;
  let decide: Judge | null = null;
  let dark: 'nothing' | 'all' | 'listener' = 'nothing';
  const listening = new Set<ProxiedPair>();
  const held: (() => void)[] = [];
  let kill: () => void = () => undefined;
  let writes = 0;
  const judge = (statement: string, sent: string): Verdict => {
    if (decide === null || !WRITES.test(statement) || READ_ONLY_WITH.test(statement)) return 'pass';
    writes += 1;
    return decide(writes, statement, sent);
  };
  function wire(pair: ProxiedPair): void {
    const { client, backend } = pair;
    backend.on('data', (chunk) => client.write(chunk));
    const splitter = createSplitter(judge);
    client.once('data', (startup) => {
      // The first message has the name under which the connection is known.
      if (!startup.includes(LISTENER)) return;
      listening.add(pair);
      client.once('close', () => listening.delete(pair));
      if (dark === 'listener') pause(pair);
    });
    client.on('data', (chunk) => {
      const { before, after, verdict } = splitter(chunk);
      if (before.length > 0) backend.write(before);
      if (verdict === 'pass') return;
      if (verdict === 'hold-before' || verdict === 'hold-after') {
        pause(pair);
        if (verdict === 'hold-after') backend.write(after);
        held.push(() => {
          if (verdict === 'hold-before') backend.write(after);
          resume(pair);
        });
        return kill();
      }
      // The answer never arrives: whether the statement happened is what the service must find out.
      backend.removeAllListeners('data').resume();
      if (verdict === 'after') backend.write(after);
      kill();
    });
    if (dark === 'all') pause(pair);
  }
  const proxy = await startTcpProxy({ connect: () => createConnection(socketPath), wire });
  return {
    url: `postgresql://${target.username}:${target.password}@127.0.0.1:${proxy.port}${target.pathname}`,
    watch: (decideWrites, killService) => {
      writes = 0;
      decide = decideWrites;
      kill = killService;
    },
    unwatch: () => {
      decide = null;
    },
    release: () => {
      for (const goOn of held.splice(0)) goOn();
    },
    reset: () => proxy.reset(),
    blackhole: (on, which = 'all') => {
      dark = on ? which : 'nothing';
      for (const pair of which === 'all' ? proxy.pairs() : listening) {
        if (on) pause(pair);
        else resume(pair);
      }
    },
    writes: () => writes,
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

function pause({ client, backend }: ProxiedPair): void {
  client.pause();
  backend.pause();
}

function resume({ client, backend }: ProxiedPair): void {
  client.resume();
  backend.resume();
}

/** What of a chunk goes on at once, and what waits for the verdict on a write in it. */
interface Split {
  readonly before: Buffer;
  readonly after: Buffer;
  readonly verdict: Verdict;
}

/** Cuts the client's bytes into messages; the first message of a session has no type byte. */
function createSplitter(judge: (statement: string, sent: string) => Verdict): (chunk: Buffer) => Split {
  let pending: Buffer = Buffer.alloc(0);
  let started = false;
  const findStatement = createStatementFinder();
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    const passed: Buffer[] = [];
    for (;;) {
      const length = messageLength(pending, started ? 1 : 0);
      if (length === null) break;
      const message = pending.subarray(0, length);
      const statement = started ? findStatement(message) : null;
      const verdict = statement === null ? 'pass' : judge(statement, message.toString('latin1'));
      if (verdict !== 'pass') {
        const after = pending;
        pending = Buffer.alloc(0);
        return { before: Buffer.concat(passed), after, verdict };
      }
      passed.push(message);
      pending = pending.subarray(length);
      started = true;
    }
    return { before: Buffer.concat(passed), after: Buffer.alloc(0), verdict: 'pass' };
  };
}

/** Bytes of the first message, whose length stands after `typeBytes`; null while it is not whole. */
function messageLength(bytes: Buffer, typeBytes: 0 | 1): number | null {
  if (bytes.length < typeBytes + 4) return null;
  const length = bytes.readUInt32BE(typeBytes) + typeBytes;
  return bytes.length < length ? null : length;
}

/**
 * Finds the SQL that a message makes the server run, else null. `Q len SQL\0` runs it at once; `P len name\0 SQL\0 …`
 * only names it, perhaps for many runs, each of which begins with `B len portal\0 name\0 values…`.
 */
function createStatementFinder(): (message: Buffer) => string | null {
  const prepared = new Map<string, string>();
  return (message) => {
    const [first = '', second = ''] = textsOf(message.subarray(5));
    if (message[0] === QUERY) return first;
    if (message[0] === PARSE) prepared.set(first, second);
    return message[0] === BIND ? (prepared.get(second) ?? null) : null;
  };
}

/** The first two texts, each ending in NUL. */
function textsOf(bytes: Buffer): readonly string[] {
  const end = bytes.indexOf(0);
  const next = bytes.indexOf(0, end + 1);
  return [
    bytes.toString('utf8', 0, Math.max(0, end)),
    bytes.toString('utf8', end + 1, Math.max(end + 1, next)),
  ];
}
