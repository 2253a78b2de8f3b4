import { readFile } from 'node:fs/promises';

/** The operating-system account that a process runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** What a short command did. `exitCode` is null when it could not be started or a signal ended it. */
export interface CommandResult {
  readonly exitCode: number | null;
  /** Standard output and error together: PostgreSQL's tools split their messages between the two. */
  readonly output: string;
}

/** Runs a program to its end as `account` (null: as ourselves), without a shell. */
export type RunCommand = (
  account: Account | null,
  file: string,
  args: readonly string[],
) => Promise<CommandResult>;

/** Whether this process may act as another account. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The account that carries PostgreSQL for root, since PostgreSQL refuses to run as root: `postgres` where it
 * exists, else `nobody`. initdb needs a name for it, so it has to stand in /etc/passwd.
 */
export async function findUnprivilegedAccount(): Promise<Account> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  const account = parseAccount(passwd, 'postgres') ?? parseAccount(passwd, 'nobody');
  if (account !== null) return account;
  throw new Error(
    'PostgreSQL refuses to run as root: expected an account "postgres" or "nobody" in /etc/passwd, found neither. ' +
      'Run Arras as an ordinary user, add such an account, or set DATABASE_URL.',
  );
}

// postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash
function parseAccount(passwd: string, name: string): Account | null {
  for (const line of passwd.split('\n')) {
    const [entry, , uid, gid] = line.split(':');
    if (entry === name && Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  return null;
}
