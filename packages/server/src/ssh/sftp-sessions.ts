import { setImmediate as afterEvents } from 'node:timers/promises';
import type { SftpClient } from './sftp-client.ts';
import { type SshLimits, SshUnavailable } from './ssh-host.ts';
import type { Opened, SshPool } from './ssh-pool.ts';
import { orAborted, untilEnded } from './until-ended.ts';

/** Works that share one session. SFTP numbers its requests, so they do not wait for each other. */
const WORKS_PER_SESSION = 4;
/** Sessions of one host; each takes the place of a command. */
const SESSIONS = 2;

interface Session extends Opened<SftpClient> {
  works: number;
  ended: boolean;
  idleTimer: NodeJS.Timeout | undefined;
  keep: () => void;
}

/** Opens SFTP sessions when they are needed, shares them, and ends them when they are idle or in the way. */
export interface SftpSessions {
  use<T>(work: (sftp: SftpClient) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** Makes the sessions of a pool's host. */
export function createSftpSessions(pool: SshPool, limits: SshLimits): SftpSessions {
  const sessions = new Set<Session>();
  let opening: Promise<Session> | null = null;

  async function open(): Promise<Session> {
    const opened = await pool.openChannel({ open: (connection) => connection.openSftp() });
    const session: Session = { ...opened, works: 0, ended: false, idleTimer: undefined, keep: () => {} };
    sessions.add(session);
    const forget = () => {
      session.ended = true;
      session.keep();
      clearTimeout(session.idleTimer);
      sessions.delete(session);
      session.release();
    };
    // What the session's end means for the works, their own requests tell.
    void session.channel.ended.then(forget);
    void session.connection.ended.then(forget);
    return session;
  }

  async function choose(): Promise<Session> {
    const [least] = [...sessions].sort((a, b) => a.works - b.works);
    if (least !== undefined && (least.works < WORKS_PER_SESSION || sessions.size >= SESSIONS)) return least;
    opening ??= open().finally(() => {
      opening = null;
    });
    return opening;
  }

  function settle(session: Session): void {
    session.works -= 1;
    if (session.works > 0 || session.ended) return;
    const end = () => {
      session.keep();
      clearTimeout(session.idleTimer);
      sessions.delete(session);
      session.channel.end();
    };
    session.keep = pool.offerEviction(end);
    session.idleTimer = setTimeout(end, limits.idleMs);
    session.idleTimer.unref();
  }

  async function use<T>(work: (sftp: SftpClient) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const session = await orAborted(choose(), signal);
    session.works += 1;
    session.keep();
    clearTimeout(session.idleTimer);
    try {
      return await untilEnded({ work: work(session.channel), connection: session.connection, signal });
    } catch (error) {
      // The requests of a session that ends fail just before it says so.
      await afterEvents();
      if (!session.ended || error instanceof SshUnavailable || signal?.aborted) throw error;
      throw new SshUnavailable('channel', 'the SFTP session was cut', { cause: error });
    } finally {
      settle(session);
    }
  }
  return { use };
}
