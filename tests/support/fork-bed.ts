import { join } from 'node:path';
import { describe } from 'node:test';
import { fork } from '../../packages/server/src/execution/fork.ts';
import { createLocalShell } from '../../packages/server/src/execution/local-shell.ts';
import type { Shell } from '../../packages/server/src/execution/shell.ts';
import type { SshEndpoint } from '../../packages/server/src/ssh/ssh-endpoint.ts';
import { openOpenSshShell, openSsh2Shell } from './ssh-shells.ts';
import { startSshd } from './sshd.ts';
import { createTryBed, readIfThere, type TestTry, type TryBed } from './try-bed.ts';

export { readIfThere } from './try-bed.ts';

/** A try of the FORK scheduler. */
export type ForkTry = TestTry;

/** A way to reach the host that the tests run on. */
export interface ForkPlace {
  /** Completes the title of a test, such as `over SSH`. */
  readonly name: string;
  open(): Promise<{ readonly shell: Shell; close(): Promise<void> }>;
}

/** Without a network. */
export const ON_THIS_HOST: ForkPlace = {
  name: 'on this host',
  open: async () => {
    const shell = createLocalShell();
    return { shell, close: () => shell.close() };
  },
};

function overSsh(name: string, openShell: (endpoint: SshEndpoint) => Shell): ForkPlace {
  return {
    name,
    open: async () => {
      const sshd = await startSshd();
      const shell = openShell(sshd.endpoint());
      return {
        shell,
        close: async () => {
          await shell.close();
          await sshd.close();
        },
      };
    },
  };
}

const PLACES: readonly ForkPlace[] = [
  ON_THIS_HOST,
  overSsh('over SSH', openSsh2Shell),
  overSsh("over the system's OpenSSH", openOpenSshShell),
];

/** Describes the same tests for every way to reach a host: jobs are as safe over each. */
export function describeEverywhere(title: string, define: (place: ForkPlace) => void): void {
  for (const place of PLACES) describe(`${title}, ${place.name}`, () => define(place));
}

/** Real processes on this host in a directory of their own. */
export interface ForkBed extends Omit<TryBed, 'close'> {
  close(): Promise<void>;
}

/** Makes a directory for tries of the FORK scheduler. */
export async function createForkBed(place: ForkPlace): Promise<ForkBed> {
  const { shell, close } = await place.open();
  const bed = createTryBed({ shell, scheduler: fork });
  return {
    ...bed,
    close: async () => {
      await close();
      bed.close();
    },
  };
}

/** The processes on record for a try: wrapper and program. */
export function recordedProcesses(each: ForkTry): { readonly wrapper: number; readonly program: number } {
  const record = readIfThere(join(each.launch.spoolDirectory, 'running', each.launch.tag)) ?? '';
  const [, wrapper, program] = /^run \S+ (\d+) \d+ (\d+) \d+\n/.exec(record) ?? [];
  return { wrapper: Number(wrapper), program: Number(program) };
}

/** Whether a process exists and has not ended. */
export function isAlive(pid: number): boolean {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat !== undefined && !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}
