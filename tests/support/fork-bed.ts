import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExecutor, type Executor } from '../../packages/server/src/execution/executor.ts';
import { fork } from '../../packages/server/src/execution/fork.ts';
import { createLocalShell } from '../../packages/server/src/execution/local-shell.ts';
import type { Launch, Observation, Tracked } from '../../packages/server/src/execution/scheduler.ts';
import type { Shell } from '../../packages/server/src/execution/shell.ts';
import { eventually } from './eventually.ts';

/** A try of a made-up job, and what a test asks about it. */
export interface ForkTry {
  readonly launch: Launch;
  readonly tracked: Tracked;
  /** A path inside the work directory. */
  path(name: string): string;
  /** A file of the work directory, or undefined when there is none. */
  read(name: string): string | undefined;
  submit(): Promise<void>;
  observe(): Promise<Observation>;
  /** Waits for a state, and returns the observation. */
  until(state: Observation['state']): Promise<Observation>;
}

/** Real processes on this host in a directory of their own. */
export interface ForkBed {
  readonly root: string;
  readonly spool: string;
  readonly shell: Shell;
  readonly executor: Executor;
  /** A prepared try whose program is this bash text. */
  prepare(program: string): Promise<ForkTry>;
  close(): void;
}

/** Makes a directory for tries of the FORK scheduler. */
export function createForkBed(): ForkBed {
  const root = mkdtempSync(join(tmpdir(), 'arras-fork-'));
  const shell = createLocalShell();
  const executor = createExecutor({ shell, scheduler: fork });
  const spool = join(root, 'spool');
  let count = 0;
  return {
    root,
    spool,
    shell,
    executor,
    prepare: async (program) => {
      count += 1;
      const launch = launchOf(root, spool, count);
      await mkdir(launch.workDirectory, { recursive: true });
      await executor.prepare(launch, { program: `#!/bin/bash\n${program}\n`, values: new Uint8Array() });
      return forkTry(executor, launch);
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

function launchOf(root: string, spoolDirectory: string, count: number): Launch {
  const stem = `job ${count}`;
  return {
    tag: `tj-${process.pid}-${count}-007-1`,
    tryNumber: 1,
    workDirectory: join(root, 'jdoe', stem),
    spoolDirectory,
    scriptName: 'demo.ipcexe',
    stdoutName: 'demo.out',
    stderrName: 'demo.err',
    resources: {
      queue: null,
      nodeCount: 1,
      processorsPerNode: 1,
      memoryPerNodeGb: null,
      maxRunTimeSeconds: null,
      customDirectives: null,
    },
  };
}

function forkTry(executor: Executor, launch: Launch): ForkTry {
  const { tag, tryNumber, workDirectory, spoolDirectory } = launch;
  const tracked: Tracked = { tag, tryNumber, workDirectory, spoolDirectory, localId: null };
  const observe = () => executor.reconcile(tracked);
  const path = (name: string) => join(workDirectory, name);
  return {
    launch,
    tracked,
    path,
    read: (name) => readIfThere(path(name)),
    submit: async () => {
      const outcome = await executor.submit(launch);
      if (outcome.kind !== 'accepted') throw new Error(`expected an accepted launch, got ${outcome.kind}`);
    },
    observe,
    until: (state) =>
      eventually(`${tag} is ${state}`, async () => {
        const observation = await observe();
        if (observation.state !== state) throw new Error(`it is ${JSON.stringify(observation)}`);
        return observation;
      }),
  };
}

/** The text of a file, or undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
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
