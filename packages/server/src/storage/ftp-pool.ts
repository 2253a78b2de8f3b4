import { connectFtp, type FtpConnection, type FtpServer, STALL_MS } from './ftp-connection.ts';
import { StorageError } from './storage.ts';

/** A connection of the pool in use by one caller. */
export interface LentConnection extends FtpConnection {
  /** Gives it back; a closed one is forgotten. */
  release(): void;
}

/** Each connection carries one command or transfer at a time. Servers commonly let a user have a handful or two. */
const MOST_CONNECTIONS = 8;

/** An idle connection is closed after this long: servers close theirs, often after a minute, without a word. */
const IDLE_MS = 10_000;

interface Idle {
  readonly connection: FtpConnection;
  readonly timer: NodeJS.Timeout;
}

/**
 * A few connections to one server. When a further one is refused while others are open, the pool makes do with those: the
 * server has a limit of its own.
 */
export class FtpPool implements AsyncDisposable {
  readonly #server: FtpServer;
  readonly #idle: Idle[] = [];
  readonly #lent = new Set<FtpConnection>();
  readonly #waiting = new Set<PromiseWithResolvers<void>>();
  #opening = 0;
  #most = MOST_CONNECTIONS;
  #isClosed = false;

  constructor(server: FtpServer) {
    this.#server = server;
  }

  /** Does something with a connection. What fails in the middle of it must close the client. */
  async use<Value>(work: (connection: FtpConnection) => Promise<Value>): Promise<Value> {
    const lent = await this.lend();
    try {
      return await work(lent);
    } finally {
      lent.release();
    }
  }

  /**
   * Lends a connection until it is released. When all are in use it waits for one, but not for ever: those who have them may
   * be waiting for us, as copies do that read from here and write to here. Throws StorageError.
   */
  async lend(): Promise<LentConnection> {
    const deadline = performance.now() + (this.#server.stallMs ?? STALL_MS);
    while (true) {
      if (this.#isClosed) throw new Error('the storage is closed');
      if (this.#lent.size === 0) this.#most = MOST_CONNECTIONS;
      const connection = this.#takeIdle() ?? (await this.#open());
      if (connection !== null) return this.#lend(connection);
      await this.#waitForTurn(deadline - performance.now());
    }
  }

  async #waitForTurn(limitMs: number): Promise<void> {
    const turn = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      const { host } = this.#server;
      const message = `${host}: all ${this.#most} connections that the server allows are in use`;
      turn.reject(new StorageError('unavailable', message));
    }, limitMs);
    this.#waiting.add(turn);
    try {
      await turn.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(turn);
    }
  }

  #takeIdle(): FtpConnection | null {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (!idle.connection.client.closed) return idle.connection;
    }
    return null;
  }

  /** Null: wait for one that is given back. */
  async #open(): Promise<FtpConnection | null> {
    if (this.#lent.size + this.#opening >= this.#most) return null;
    this.#opening += 1;
    try {
      return await connectFtp(this.#server);
    } catch (error) {
      const others = this.#lent.size + this.#opening - 1;
      if (others === 0) throw error;
      this.#most = others;
      return null;
    } finally {
      this.#opening -= 1;
      if (this.#lent.size === 0) this.#wakeNext();
    }
  }

  #lend(connection: FtpConnection): LentConnection {
    this.#lent.add(connection);
    let isReleased = false;
    const release = () => {
      if (isReleased) return;
      isReleased = true;
      this.#lent.delete(connection);
      this.#keep(connection);
      this.#wakeNext();
    };
    return { ...connection, release };
  }

  #keep(connection: FtpConnection): void {
    if (this.#isClosed) return connection.client.close();
    if (connection.client.closed) return;
    const timer = setTimeout(() => connection.client.close(), IDLE_MS);
    timer.unref();
    this.#idle.push({ connection, timer });
  }

  #wakeNext(): void {
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    next.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const { connection, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      connection.client.close();
    }
    for (const { client } of this.#lent) client.close();
    for (const turn of this.#waiting) turn.resolve();
  }
}
