import { open, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { askServer, type EmbeddedConnection, poll } from './embedded-connection.ts';
import { type ClusterPlace, SOCKET_FILE } from './embedded-place.ts';
import { findPostmaster, isAlive, type Postmaster, removeStaleLocks } from './postmaster-file.ts';
import { isMissing } from './system-error.ts';

/** A postgres that was started and may have given up since. */
export interface Launched {
  readonly pid: number;
  hasExited(): boolean;
}

/** One cluster and the means to run its server. */
export interface EmbeddedServer {
  readonly place: ClusterPlace;
  readonly connection: EmbeddedConnection;
  /** Where a server writes before its own log begins. */
  readonly logFile: string;
  readonly onLog: (message: string) => void;
  readonly launch: () => Launched;
}

/** A server that takes sessions. */
export interface Running {
  readonly pid: number;
  /** Whether it ran already. */
  readonly adopted: boolean;
}

// Recovery after a crash replays at most max_wal_size (1 GB), which takes a slow disk a minute or two.
const START_MS = 300_000;
// Longer than a checkpoint makes a loaded disk wait; shorter than people do.
const SILENCE_MS = { starting: 60_000, ready: 10_000, stopping: 60_000 } satisfies Record<
  Postmaster['state'],
  number
>;
/** What pg_ctl calls fast and immediate; SIGKILL is for a process beyond both, and crash recovery heals it. */
const STOP_LADDER = [
  { signal: 'SIGINT', patienceMs: 30_000 },
  { signal: 'SIGQUIT', patienceMs: 10_000 },
  { signal: 'SIGKILL', patienceMs: 10_000 },
] as const;

/**
 * Makes sure that exactly one server runs on the cluster, and says which. Any number of processes may do this
 * at once: PostgreSQL's own lock file decides whose launch wins, and the others adopt the winner.
 */
export async function ensureRunning(server: EmbeddedServer): Promise<Running> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    const found = await findPostmaster(server.place.data);
    if (found === null) {
      const launched = await launchServer(server);
      if (launched !== null) return launched;
    } else if (await adopt(server, found)) {
      return { pid: found.pid, adopted: true };
    }
  }
  throw new Error(
    `PostgreSQL in ${server.place.data} was not ready within ${START_MS / 1000} s. ${await readTail(server, 0)}`,
  );
}

/** Ends the server on the data folder: fast, then immediate, then by force. Without one there is nothing to do. */
export async function stopPostmaster(data: string): Promise<void> {
  const found = await findPostmaster(data);
  if (found === null) return;
  for (const { signal, patienceMs } of STOP_LADDER) {
    if (!(await isAlive(found))) return;
    process.kill(found.pid, signal);
    process.kill(found.pid, 'SIGCONT'); // A suspended process sees no other signal before.
    const gone = await poll(patienceMs, async () => ((await isAlive(found)) ? null : true));
    if (gone) return;
  }
  throw new Error(`PostgreSQL (process ${found.pid}) on ${data} does not stop, not even when killed.`);
}

/** Waits for a running server's answer; one that stays silent is stopped. False: there is none any more. */
async function adopt({ place, connection, onLog }: EmbeddedServer, found: Postmaster): Promise<boolean> {
  let silentSince = performance.now();
  for (;;) {
    const answer = await askServer(connection);
    if (answer === 'ready') return true;
    if (answer === 'busy') silentSince = performance.now();
    const state = (await findPostmaster(place.data))?.state;
    if (state === undefined || !(await isAlive(found))) return false;
    if (performance.now() - silentSince > SILENCE_MS[state]) break;
    await delay(50);
  }
  onLog(`PostgreSQL (process ${found.pid}) does not answer and is stopped`);
  await stopPostmaster(place.data);
  return false;
}

/** Starts a server. null: another one holds the data folder, so look again. */
async function launchServer(server: EmbeddedServer): Promise<Running | null> {
  const { place, connection } = server;
  if (await answersUnseen(server)) return null;
  await removeStaleLocks(place.data, `${place.sockets}/${SOCKET_FILE}.lock`);
  const offset = await sizeOf(server.logFile);
  const launched = server.launch();
  const running = await poll(START_MS, async () => {
    if (launched.hasExited()) return 'exited';
    return (await askServer(connection)) === 'ready' ? await findPostmaster(place.data) : null;
  });
  if (running === null) return null;
  if (running !== 'exited') return { pid: running.pid, adopted: running.pid !== launched.pid };
  const reason = await readTail(server, offset);
  // Another start was faster, or children of a killed server still hold its shared memory for a moment.
  if (!/lock file ".*" already exists|is still in use/.test(reason))
    throw new Error(`PostgreSQL did not start in ${place.data}. ${reason}`);
  await delay(200);
  return null;
}

/**
 * A server may answer that no process here accounts for: in another container that shares the data directory.
 * PostgreSQL's interlocks do not see across that border, so a second server would destroy the data.
 */
async function answersUnseen({ place, connection }: EmbeddedServer): Promise<boolean> {
  const verdict = await poll(10_000, async () => {
    if ((await askServer(connection)) === 'silent') return 'silent';
    return (await findPostmaster(place.data)) === null ? null : 'seen';
  });
  if (verdict !== null) return verdict === 'seen';
  throw new Error(
    `A PostgreSQL answers on ${place.sockets}, but its process cannot be seen from here: ` +
      'another container or user seems to use this data directory. Stop it first, or set DATABASE_URL.',
  );
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

/** What the server wrote since `offset`, at most the last 2,000 characters. */
async function readTail({ logFile }: EmbeddedServer, offset: number): Promise<string> {
  const file = await open(logFile, 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(offset, size - 2_000);
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(Math.max(0, size - start)),
      0,
      undefined,
      start,
    );
    return `Its log ends: ${buffer.toString('utf8', 0, bytesRead).trim()}`;
  } finally {
    await file.close();
  }
}
