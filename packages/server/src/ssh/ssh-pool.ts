import { setTimeout as delay } from 'node:timers/promises';
import type { Breaker } from './breaker.ts';
import { ChannelRefused, type SshConnection } from './ssh-connection.ts';
import { type SshLimits, SshUnavailable } from './ssh-host.ts';

/** How long a refusal of the host is remembered: its limits may have been shared with others who are gone. */
const REMEMBER_MS = 60_000;

/** Pauses before a lone channel that was refused is asked for again: a host frees the last one's place a little late. */
const REFUSAL_PAUSES_MS = [20, 50, 100, 200, 400];

/** A place on a connection, held until `release`. */
export interface Place {
  readonly connection: SshConnection;
  /** May be called again. */
  readonly release: () => void;
}

/** What a pool is made of. */
export interface PoolParts {
  readonly limits: SshLimits;
  readonly now: () => number;
  readonly breaker: Breaker;
  /** Rejects with {@link SshUnavailable}. */
  readonly connect: () => Promise<SshConnection>;
}

/** A channel that was opened, and its place. */
export interface Opened<T> extends Place {
  readonly channel: T;
}

/** How a channel is asked for. */
export interface ChannelWish<T> {
  readonly open: (connection: SshConnection) => Promise<T>;
  readonly signal?: AbortSignal | undefined;
}

/** Shares out places on a few connections to one host. */
export interface SshPool {
  /** Waits for a place and opens a channel there. Rejects with {@link SshUnavailable} or the signal's reason. */
  openChannel<T>(wish: ChannelWish<T>): Promise<Opened<T>>;
  /** `evict` is called when someone waits and the host gives no more; returns how to take that back. */
  offerEviction(evict: () => void): () => void;
  close(): void;
}

interface Member {
  readonly connection: SshConnection;
  used: number;
  /** Whether it ever gave a channel: one that never did says something about the host. */
  proven: boolean;
  idleTimer: NodeJS.Timeout | undefined;
}

interface Waiter {
  readonly resolve: (member: Member) => void;
  readonly reject: (error: unknown) => void;
}

/** What the host has taught us about its limits, for a while. */
interface Lesson {
  count: number;
  until: number;
}

/**
 * Connections are opened one after the other, and only when all places of the others are taken, so that the host
 * never sees a crowd of newcomers. A refusal lowers the limit it is about (channels of a connection, connections) to
 * what the host has given; those who wait go on waiting for these.
 */
export function createSshPool({ limits, now, breaker, connect }: PoolParts): SshPool {
  const members = new Set<Member>();
  const waiters: Waiter[] = [];
  const evictions = new Set<() => void>();
  const channels: Lesson = { count: limits.channelsPerConnection, until: 0 };
  const connections: Lesson = { count: limits.connections, until: 0 };
  let connecting = false;
  let closed = false;

  const channelLimit = () => (now() < channels.until ? channels.count : limits.channelsPerConnection);
  const connectionLimit = () => (now() < connections.until ? connections.count : limits.connections);
  const learn = (lesson: Lesson, count: number) => {
    lesson.count = Math.max(1, count);
    lesson.until = now() + REMEMBER_MS;
  };

  function pump(): void {
    while (waiters.length > 0) {
      const member = findRoom();
      if (member === undefined) break;
      waiters.shift()?.resolve(member);
    }
    if (waiters.length === 0 || connecting || closed) return;
    if (members.size < connectionLimit()) void addMember();
    else evictOne();
  }

  function findRoom(): Member | undefined {
    const withRoom = [...members].filter(
      ({ connection, used }) => connection.isOpen() && used < channelLimit(),
    );
    const found = withRoom.sort((a, b) => a.used - b.used)[0];
    if (found !== undefined) take(found);
    return found;
  }

  function take(member: Member): void {
    member.used += 1;
    clearTimeout(member.idleTimer);
  }

  function giveBack(member: Member): void {
    member.used -= 1;
    if (member.used === 0 && members.has(member)) {
      member.idleTimer = setTimeout(() => member.connection.close(), limits.idleMs);
      member.idleTimer.unref();
    }
    pump();
  }

  function evictOne(): void {
    const [evict] = evictions;
    if (evict === undefined) return;
    evictions.delete(evict);
    evict();
  }

  async function addMember(): Promise<void> {
    connecting = true;
    try {
      breaker.check();
      const connection = await connect();
      breaker.authenticated();
      admit(connection);
    } catch (error) {
      whenNotConnected(error);
    } finally {
      connecting = false;
    }
    pump();
  }

  function admit(connection: SshConnection): void {
    if (closed) return connection.close();
    const member: Member = { connection, used: 0, proven: false, idleTimer: undefined };
    members.add(member);
    void connection.ended.then(() => {
      clearTimeout(member.idleTimer);
      members.delete(member);
      pump();
    });
  }

  /** With other connections at hand, one that is refused is a limit of the host and no failure. */
  function whenNotConnected(error: unknown): void {
    if (members.size > 0) return learn(connections, members.size);
    if (error instanceof SshUnavailable && error.step !== 'resting') breaker.failed(error);
    for (const waiter of waiters.splice(0)) waiter.reject(error);
  }

  function reserve(signal: AbortSignal | undefined): Promise<Member> {
    signal?.throwIfAborted();
    if (closed) throw new SshUnavailable('connect', 'the connections to the host were closed');
    const { promise, resolve, reject } = Promise.withResolvers<Member>();
    const waiter: Waiter = { resolve, reject };
    const leave = (error: unknown) => {
      const index = waiters.indexOf(waiter);
      if (index >= 0) waiters.splice(index, 1);
      reject(error);
    };
    const abort = () => leave(signal?.reason);
    const timer = setTimeout(
      () => leave(new SshUnavailable('channel', `no place on the host within ${limits.waitMs} ms`)),
      limits.waitMs,
    );
    signal?.addEventListener('abort', abort, { once: true });
    waiters.push(waiter);
    pump();
    return promise.finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    });
  }

  async function openChannel<T>({ open, signal }: ChannelWish<T>): Promise<Opened<T>> {
    for (let refusals = 0; ; refusals += 1) {
      const member = await reserve(signal);
      const release = once(() => giveBack(member));
      try {
        const channel = await open(member.connection);
        member.proven = true;
        breaker.succeeded();
        return { channel, connection: member.connection, release };
      } catch (error) {
        const others = member.used - 1;
        // Learnt before the place is given back, or the next in the queue would be refused as well.
        if (error instanceof ChannelRefused && others > 0) learn(channels, others);
        else await whenRefusedAlone(member, error, refusals).finally(release);
        release();
      }
    }
  }

  /** Throws when asking again is useless. */
  async function whenRefusedAlone(member: Member, error: unknown, refusals: number): Promise<void> {
    const pause = REFUSAL_PAUSES_MS[refusals];
    const isRefusal = error instanceof ChannelRefused;
    if (isRefusal && pause !== undefined) return delay(pause);
    // What we closed may still run there and take its places: a new connection has places of its own.
    if (isRefusal && member.proven) return member.connection.close();
    // A command or subsystem that is not offered, or a connection that served before and was cut, says nothing bad
    // about the host: whether it can be entered again, the next connection tells.
    const isTrouble = isRefusal || (!member.proven && !member.connection.isOpen());
    if (isTrouble && error instanceof SshUnavailable) breaker.failed(error);
    throw error;
  }

  return {
    openChannel,
    offerEviction: (evict) => {
      evictions.add(evict);
      pump();
      return () => evictions.delete(evict);
    },
    close: () => {
      closed = true;
      for (const { connection } of members) connection.close();
      const error = new SshUnavailable('connect', 'the connections to the host were closed');
      for (const waiter of waiters.splice(0)) waiter.reject(error);
    },
  };
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
