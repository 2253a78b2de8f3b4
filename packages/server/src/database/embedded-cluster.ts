import { randomBytes } from 'node:crypto';
import { chmod, chown, link, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunCommand } from './embedded-account.ts';
import { type Binaries, moveUnlessTaken } from './embedded-binaries.ts';
import { type ClusterPlace, hasCluster, makePrivateFolder, removeTree } from './embedded-place.ts';
import { findProcess, isAlive } from './postmaster-file.ts';
import { hasCode, isMissing } from './system-error.ts';

/** The superuser of the cluster and the name of Arras' own database in it. */
export const DATABASE_USER = 'arras';

interface Request {
  /** The data directory of Arras. */
  readonly directory: string;
  readonly place: ClusterPlace;
  readonly binaries: Binaries;
  readonly run: RunCommand;
}

/**
 * Makes the cluster unless it exists, and returns its password. initdb works under a temporary name, so a
 * folder named `data` is always a whole cluster: an interrupted or racing initdb costs its own folder only.
 */
export async function prepareCluster(request: Request): Promise<string> {
  const { directory, place, binaries } = request;
  await removeLeftovers(place.home);
  if (await hasCluster(place)) {
    await assertSameMajor(request);
    return readPassword(directory);
  }
  const password = await createPassword(directory);
  const name = `initializing-${await ownName()}`;
  const folder = join(place.home, name);
  const passwordFile = `${folder}.password`;
  try {
    await makePrivateFolder(folder, place.account);
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
    if (place.account !== null) await chown(passwordFile, place.account.uid, place.account.gid);
    await runInitdb({ ...request, folder, passwordFile });
    await moveUnlessTaken(folder, place.data);
    await syncFolder(place.home);
  } finally {
    await rm(passwordFile, { force: true });
    await removeTree(folder);
  }
  await assertSameMajor({ ...request, binaries });
  return password;
}

async function runInitdb(request: Request & { folder: string; passwordFile: string }): Promise<void> {
  const { exitCode, output } = await request.run(request.place.account, request.binaries.initdb, [
    `--pgdata=${request.folder}`,
    `--username=${DATABASE_USER}`,
    `--pwfile=${request.passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Sorts by code point, the same on every machine and in every version of the C library.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
  ]);
  if (exitCode !== 0)
    throw new Error(
      `initdb failed in ${request.place.home} (exit ${exitCode}): ${output.trim().slice(-2000)}`,
    );
}

async function assertSameMajor({ place, binaries }: Request): Promise<void> {
  const made = Number(await readFile(join(place.data, 'PG_VERSION'), 'utf8'));
  if (made === binaries.major) return;
  throw new Error(
    `The database in ${place.data} was made by PostgreSQL ${made}, this Arras brings PostgreSQL ${binaries.major}: ` +
      `export it with the earlier Arras, or serve it with PostgreSQL ${made} and set DATABASE_URL.`,
  );
}

function passwordPath(directory: string): string {
  return join(directory, 'secrets', 'postgres-password');
}

async function readPassword(directory: string): Promise<string> {
  try {
    return await readFile(passwordPath(directory), 'utf8');
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Error(
      `The database exists, but its password in ${passwordPath(directory)} is missing: put the file back from a backup.`,
      { cause: error },
    );
  }
}

/** Of two processes that make the password at once both use the one that was linked first. */
async function createPassword(directory: string): Promise<string> {
  const path = passwordPath(directory);
  const partial = `${path}.${await ownName()}`;
  await mkdir(join(directory, 'secrets'), { recursive: true, mode: 0o700 });
  await chmod(join(directory, 'secrets'), 0o700);
  try {
    const file = await open(partial, 'wx', 0o600);
    await file.writeFile(randomBytes(32).toString('base64url'));
    await file.sync();
    await file.close();
    await link(partial, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(partial, { force: true });
  }
  await syncFolder(join(directory, 'secrets'));
  return readPassword(directory);
}

/** Names this process so that a later one can tell whether it still runs. */
async function ownName(): Promise<string> {
  const self = await findProcess(process.pid);
  return `${process.pid}-${self?.startTicks}-${randomBytes(4).toString('hex')}`;
}

async function removeLeftovers(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    // initializing-4242-1234567-0badcafe and initializing-4242-1234567-0badcafe.password
    const match = /^initializing-(\d+)-(\d+)-/.exec(name);
    if (match === null) continue;
    const [, pid, startTicks = ''] = match;
    if (!(await isAlive({ pid: Number(pid), startTicks }))) await removeTree(join(home, name));
  }
}

/** A rename survives a power cut only once its folder is on disk. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
