import { createHash } from 'node:crypto';
import {
  chmod,
  lchown,
  lstat,
  mkdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Account, findUnprivilegedAccount, isRoot, type RunCommand } from './embedded-account.ts';
import { hasCode, isMissing } from './system-error.ts';

/**
 * Where the cluster of one data directory lives. `home` belongs to us, only `data` and `sockets` belong to
 * the server's account: root never writes below a folder in which that account could plant a link.
 */
export interface ClusterPlace {
  readonly home: string;
  readonly data: string;
  readonly sockets: string;
  /** null: the server runs as ourselves. */
  readonly account: Account | null;
}

const NOTE = 'postgres-location';
// Root's data directory may lie where no other account gets in (/root is 0700); this is where root's services keep theirs.
const OUTSIDE = '/var/lib/arras';
/** The file of PostgreSQL's only socket, inside the sockets folder. */
export const SOCKET_FILE = '.s.PGSQL.5432';
// sockaddr_un holds 107 bytes; PostgreSQL refuses longer paths.
const SOCKET_PATH_BYTES = 100;

/** Finds the cluster that belongs to the data directory, or decides where it is to be made. */
export async function findClusterPlace(directory: string, run: RunCommand): Promise<ClusterPlace> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const root = await realpath(directory);
  const home = (await findHome(root)) ?? (await chooseHome(root, run));
  const data = join(home, 'data');
  const account = await accountOf(data);
  await assertReachable({ root, home, account, run });
  return { home, data, account, sockets: await prepareSockets(home, account) };
}

/** Whether the cluster was initialised; its folder gets its name only when initdb has ended well. */
export async function hasCluster(place: Pick<ClusterPlace, 'data'>): Promise<boolean> {
  return (await lstatOrNull(place.data)) !== null;
}

async function findHome(root: string): Promise<string | null> {
  const inside = join(root, 'postgres');
  if (await hasCluster({ data: join(inside, 'data') })) return inside;
  try {
    return (await readFile(join(root, NOTE), 'utf8')).split('\n')[0] || null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function chooseHome(root: string, run: RunCommand): Promise<string> {
  const inside = join(root, 'postgres');
  if (!isRoot() || (await letThrough(root, await findUnprivilegedAccount(), run))) {
    await mkdir(inside, { recursive: true });
    await chmod(inside, 0o711);
    return inside;
  }
  const outside = join(OUTSIDE, shortHash(root));
  await mkdir(outside, { recursive: true });
  await chmod(OUTSIDE, 0o711);
  await chmod(outside, 0o711);
  const note = `${outside}\nThe database of this data directory is kept there, because the account that runs it cannot reach this place.\n`;
  await writeFile(join(root, `${NOTE}.new`), note);
  await rename(join(root, `${NOTE}.new`), join(root, NOTE));
  return outside;
}

/** Opens our own data directory for passing through when that is all that is missing; parents are never touched. */
async function letThrough(root: string, account: Account, run: RunCommand): Promise<boolean> {
  if (await canEnter(root, account, run)) return true;
  const { uid, mode } = await stat(root);
  if (uid !== 0 || !(await canEnter(dirname(root), account, run))) return false;
  await chmod(root, (mode & 0o7777) | 0o001);
  return canEnter(root, account, run);
}

/** Asks the kernel by trying: mode bits alone would miss access lists, mounts and squashed roots. */
async function canEnter(directory: string, account: Account | null, run: RunCommand): Promise<boolean> {
  const { exitCode } = await run(account, '/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory]);
  return exitCode === 0;
}

async function accountOf(data: string): Promise<Account | null> {
  const found = await lstatOrNull(data);
  if (isRoot()) return found === null ? findUnprivilegedAccount() : { uid: found.uid, gid: found.gid };
  if (found === null || found.uid === process.getuid?.()) return null;
  throw new Error(
    `The database in ${data} belongs to user id ${found.uid}, but Arras runs as user id ${process.getuid?.()}: ` +
      'start it as that user or as root.',
  );
}

interface Reach {
  readonly root: string;
  readonly home: string;
  readonly account: Account | null;
  readonly run: RunCommand;
}

async function assertReachable({ root, home, account, run }: Reach): Promise<void> {
  if (await canEnter(home, account, run)) return;
  if (account !== null && (await letThrough(root, account, run)) && (await canEnter(home, account, run)))
    return;
  throw new Error(
    `The database in ${home} cannot be reached by user id ${account?.uid ?? process.getuid?.()}, which runs it. ` +
      'Give that user permission to pass through every folder above it (chmod o+x), or move the data directory.',
  );
}

async function prepareSockets(home: string, account: Account | null): Promise<string> {
  const inside = join(home, 'sockets');
  const fits = Buffer.byteLength(join(inside, SOCKET_FILE)) <= SOCKET_PATH_BYTES;
  const sockets = fits ? inside : `/tmp/arras-${shortHash(home)}`;
  await makePrivateFolder(sockets, account);
  return sockets;
}

/**
 * Makes a folder that only `account` can use. In /tmp somebody else may have made it first, to listen there
 * in PostgreSQL's place and be told the password: only a real folder of the right owner is accepted.
 */
export async function makePrivateFolder(path: string, account: Account | null): Promise<void> {
  const uid = account?.uid ?? process.getuid?.();
  try {
    await mkdir(path, { mode: 0o700 });
    if (account !== null) await lchown(path, account.uid, account.gid);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  // A racing Arras of root may be seen between its mkdir and its chown.
  const owner = await lstat(path);
  if (account !== null && owner.isDirectory() && owner.uid === 0)
    await lchown(path, account.uid, account.gid);
  const found = await lstat(path);
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return;
  throw new Error(
    `Expected ${path} to be a folder that only user id ${uid} can open, ` +
      `got mode ${found.mode.toString(8)} of user id ${found.uid}: remove it and start again.`,
  );
}

/** Names a data directory in sixteen hex digits. */
function shortHash(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}

/** Removes a file or folder with all it holds; what is already gone is fine. */
export function removeTree(path: string): Promise<void> {
  // An initdb whose Arras was killed may still be writing there: retry instead of failing on ENOTEMPTY.
  return rm(path, { recursive: true, force: true, maxRetries: 10 });
}

async function lstatOrNull(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
