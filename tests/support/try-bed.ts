import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExecutor, type Executor } from '../../packages/server/src/execution/executor.ts';
import type { Preparation } from '../../packages/server/src/execution/installer.ts';
import type {
  Launch,
  LaunchResources,
  Observation,
  Scheduler,
  SubmitOutcome,
  Tracked,
} from '../../packages/server/src/execution/scheduler.ts';
import type { Shell } from '../../packages/server/src/execution/shell.ts';
import { eventually } from './eventually.ts';

/** A try of a made-up job, and what a test asks about it. */
export interface TestTry {
  readonly launch: Launch;
  /** Knows the scheduler's id once `submit` has been answered. */
  readonly tracked: Tracked;
  /** A path inside the work directory. */
  path(name: string): string;
  /** A file of the work directory, or undefined when there is none. */
  read(name: string): string | undefined;
  /** Throws when the launch was not accepted. */
  submit(): Promise<void>;
  /** The next try of the same job, prepared in the same directory. */
  next(): Promise<TestTry>;
  /** Submits it, whatever the answer. */
  trySubmit(): Promise<SubmitOutcome>;
  observe(): Promise<Observation>;
  /** Waits for a state, and returns the observation. */
  until(state: Observation['state'], timeoutMs?: number): Promise<Observation>;
}

/** Tries of one scheduler in a directory of their own. */
export interface TryBed {
  readonly root: string;
  readonly spool: string;
  readonly shell: Shell;
  readonly executor: Executor;
  /** A prepared try whose program is this bash text. */
  prepare(program: string, resources?: Partial<LaunchResources>): Promise<TestTry>;
  close(): void;
}

const NO_RESOURCES: LaunchResources = {
  queue: null,
  nodeCount: 1,
  processorsPerNode: 1,
  memoryPerNodeGb: null,
  maxRunTimeSeconds: null,
  customDirectives: null,
};

/** Of all beds of this process, because they may share a scheduler. */
let count = 0;

/** Makes a directory for tries of a scheduler. `stem` begins the names of their work directories. */
export function createTryBed({
  shell,
  scheduler,
  stem = 'job',
}: {
  readonly shell: Shell;
  readonly scheduler: Scheduler;
  readonly stem?: string;
}): TryBed {
  const root = mkdtempSync(join(tmpdir(), 'arras-tries-'));
  const executor = createExecutor({ shell, scheduler });
  const spool = join(root, 'spool');
  return {
    root,
    spool,
    shell,
    executor,
    prepare: async (program, resources = {}) => {
      count += 1;
      const launch = launchOf({ root, stem, count }, spool, { ...NO_RESOURCES, ...resources });
      await mkdir(launch.workDirectory, { recursive: true });
      return prepare(executor, launch, program);
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

function launchOf(
  { root, stem, count }: { readonly root: string; readonly stem: string; readonly count: number },
  spoolDirectory: string,
  resources: LaunchResources,
): Launch {
  return {
    tag: `tj-${process.pid}-${count}-007-1`,
    tryNumber: 1,
    workDirectory: join(root, 'jdoe', `${stem} ${count}`),
    spoolDirectory,
    scriptName: 'demo.ipcexe',
    stdoutName: 'demo.out',
    stderrName: 'demo.err',
    resources,
  };
}

async function prepare(executor: Executor, launch: Launch, program: string): Promise<TestTry> {
  await executor.prepare(launch, preparationOf(program), () => {});
  return testTry(executor, launch, program);
}

/** What a try with this program needs. */
export function preparationOf(program: string): Preparation {
  return { program: `#!/bin/bash\n${program}\n`, values: new Uint8Array(), assets: { copied: [] } };
}

/** The job's directory stays; what names the try does not. */
function nextLaunch(launch: Launch): Launch {
  const tryNumber = launch.tryNumber + 1;
  return { ...launch, tryNumber, tag: launch.tag.replace(/\d+$/, String(tryNumber)) };
}

function testTry(executor: Executor, launch: Launch, program: string): TestTry {
  const { tag, tryNumber, workDirectory, spoolDirectory } = launch;
  let tracked: Tracked = { tag, tryNumber, workDirectory, spoolDirectory, localId: null };
  const observe = () => executor.reconcile(tracked);
  const path = (name: string) => join(workDirectory, name);
  const trySubmit = async () => {
    const outcome = await executor.submit(launch);
    if (outcome.kind === 'accepted') tracked = { ...tracked, localId: outcome.localId };
    return outcome;
  };
  return {
    launch,
    get tracked() {
      return tracked;
    },
    path,
    read: (name) => readIfThere(path(name)),
    next: () => prepare(executor, nextLaunch(launch), program),
    trySubmit,
    submit: async () => {
      const outcome = await trySubmit();
      if (outcome.kind !== 'accepted')
        throw new Error(`expected an accepted launch, got ${outcome.kind}: ${outcome.reason}`);
    },
    observe,
    until: (state, timeoutMs = 15_000) =>
      eventually(
        `${tag} is ${state}`,
        async () => {
          const observation = await observe();
          if (observation.state !== state) throw new Error(`it is ${JSON.stringify(observation)}`);
          return observation;
        },
        { timeoutMs, intervalMs: 50 },
      ),
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
