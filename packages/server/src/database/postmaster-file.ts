import { randomUUID } from 'node:crypto';
import { link, readFile, readlink, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, isMissing } from './system-error.ts';

/** A running process, told apart from a later one with the same pid by its start time. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, field 22 of /proc/PID/stat. */
  readonly startTicks: string;
}

/** A running postmaster and what it says of itself in postmaster.pid. */
export interface Postmaster extends ProcessIdentity {
  readonly state: 'starting' | 'ready' | 'stopping';
}

/** The process that runs under this pid now; null when there is none, or only its corpse. */
export async function findProcess(pid: number): Promise<ProcessIdentity | null> {
  const text = await readOrNull(`/proc/${pid}/stat`);
  // 4242 (a name) with ) marks) S 1 4242 4242 0 -1 …: the name ends at the last parenthesis.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const startTicks = fields?.[19];
  return startTicks === undefined || fields?.[0] === 'Z' ? null : { pid, startTicks };
}

/** Whether this very process still runs. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await findProcess(identity.pid))?.startTicks === identity.startTicks;
}

/**
 * The postmaster that runs on the data folder. The pid in postmaster.pid alone proves nothing, since it may
 * belong to anybody by now: it has to be a postgres whose working directory is the data folder.
 */
export async function findPostmaster(data: string): Promise<Postmaster | null> {
  const text = await readOrNull(join(data, 'postmaster.pid'));
  if (text === null) return null;
  const lines = text.split('\n');
  const identity = await findProcess(Number(lines[0]));
  if (identity === null || !(await servesFolder(identity.pid, data))) return null;
  return { ...identity, state: parseState(lines[7]) };
}

/** Line 8 of postmaster.pid, padded with spaces; a file without it is still being written. */
function parseState(line: string | undefined): Postmaster['state'] {
  const word = line?.trim();
  if (word === 'ready' || word === 'standby') return 'ready';
  return word === 'stopping' ? 'stopping' : 'starting';
}

async function servesFolder(pid: number, data: string): Promise<boolean> {
  try {
    const program = await readlink(`/proc/${pid}/exe`);
    // "(deleted)" after an upgrade replaced the package under a running server.
    return /\/postgres( \(deleted\))?$/.test(program) && (await readlink(`/proc/${pid}/cwd`)) === data;
  } catch (error) {
    // Gone meanwhile, or a process of somebody else, whose links we may not read: not ours either way.
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return false;
    throw error;
  }
}

/**
 * Takes away the lock files whose pid now belongs to a foreign process: PostgreSQL would take that process
 * for a running server and refuse to start. Files of dead pids PostgreSQL removes itself.
 */
export async function removeStaleLocks(data: string, socketLock: string): Promise<void> {
  for (const path of [join(data, 'postmaster.pid'), socketLock]) {
    const text = await readOrNull(path);
    if (text === null || (await findProcess(firstPid(text))) === null) continue;
    if (!(await servesFolder(firstPid(text), data))) await removeIfUnchanged(path, text);
  }
}

// In the socket's lock file the pid of a single-user postgres is negative.
function firstPid(text: string): number {
  return Math.abs(Number(text.split('\n')[0]));
}

/**
 * Another Arras may do the same at this moment and its new server may have written a fresh file: the file is
 * moved aside first, judged there, and put back when it is not the stale one.
 */
async function removeIfUnchanged(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path);
  await rm(aside, { force: true });
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'ENOTDIR')) return null;
    throw error;
  }
}
