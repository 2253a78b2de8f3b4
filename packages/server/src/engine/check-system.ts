import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { SYSTEM_CHECK_STEPS, type SystemCheck, type SystemPart } from '@arras/contract';
import { joinPath } from '../domain/paths.ts';
import { CHECK_LINK, CHECK_SHELL } from '../execution/check-scripts.ts';
import type { Scheduler } from '../execution/scheduler.ts';
import type { Shell, ShellCommand } from '../execution/shell.ts';
import type { WeakPromise } from '../storage/sftp-promises.ts';
import type { Storage } from '../storage/storage.ts';
import { type CheckedEntrance, type CheckStep, type Entry, openEntry } from './check-entrance.ts';
import { type CheckedServer, stepsToServer, writeStep } from './check-server.ts';

/** What a check needs of a system; opened by compose. What cannot be opened rejects, and its step says why. */
export interface CheckedParts {
  readonly entrance: CheckedEntrance;
  /** The server of the files; null when it is entered otherwise. */
  readonly server: CheckedServer | null;
  /** Null for a storage system. */
  readonly execution: {
    shell(): Promise<Shell>;
    scheduler(): Scheduler;
    /** Root-relative directory below which jobs work. */
    readonly jobsRoot: string;
  } | null;
  storage(): Promise<Storage>;
  /** What the server of the files lacks; empty for files of this host. */
  weakPromises(): Promise<readonly WeakPromise[]>;
  /** Names the files that the check makes and removes. */
  readonly nonce: string;
}

/** Milliseconds for one step: a person waits. */
const STEP_MS = 20_000;

/** Enters a system as its jobs would. Steps after a failed one are skipped, because they could only fail too. */
export async function checkSystem(parts: CheckedParts): Promise<SystemCheck[]> {
  const results: SystemCheck[] = [];
  const entry = await openEntry(parts.entrance);
  try {
    let hasFailed = false;
    for (const step of stepsOf(parts, entry)) {
      const result: SystemCheck = hasFailed ? skipped(step) : await take(step);
      hasFailed ||= result.result === 'failed';
      results.push(result);
    }
  } finally {
    await entry.close();
  }
  return results;
}

async function take({ step, part, look, fix }: PlacedStep): Promise<SystemCheck> {
  const began = performance.now();
  const elapsed = () => Math.round((performance.now() - began) * 10) / 10;
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${STEP_MS / 1000} s`)), STEP_MS);
  try {
    const message = await Promise.race([look(), late]);
    return { step, part, result: 'ok', milliseconds: elapsed(), message };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { step, part, result: 'failed', milliseconds: elapsed(), message, fix };
  } finally {
    clearTimeout(timer);
  }
}

function skipped({ step, part }: PlacedStep): SystemCheck {
  return {
    step,
    part,
    result: 'skipped',
    milliseconds: 0,
    message: `Not tried. ${SYSTEM_CHECK_STEPS[step]}`,
  };
}

/** A step with the part of the system that it looks at. */
type PlacedStep = CheckStep & Pick<SystemCheck, 'part'>;

function stepsOf(parts: CheckedParts, entry: Entry): PlacedStep[] {
  const { execution, server } = parts;
  const of = (part: SystemPart, steps: readonly CheckStep[]) => steps.map((step) => ({ ...step, part }));
  const called = { ...parts, isAllowedAddress: parts.entrance.isAllowedAddress };
  return [
    ...of(execution === null ? 'storage' : 'login', entry.steps),
    ...of('storage', server === null ? [] : stepsToServer(server, called)),
    ...(execution === null
      ? []
      : [...of('login', [shellStep(execution)]), ...of('scheduler', [schedulerStep(execution)])]),
    ...of('storage', [
      storageStep(parts),
      ...(server === null || server.isReadOnly ? [] : [writeStep(called)]),
      ...(execution === null ? [] : placeSteps(parts, execution)),
    ]),
  ];
}

type Execution = NonNullable<CheckedParts['execution']>;

function shellStep(execution: Execution): CheckStep {
  return {
    step: 'shell',
    look: async () => `bash ${await run(await execution.shell(), CHECK_SHELL)}`,
    fix: 'Install bash 4.4 or later, GNU coreutils, findutils and tar, and util-linux (setsid) on the host; a login shell that prints or asks something does no harm.',
  };
}

function schedulerStep(execution: Execution): CheckStep {
  return {
    step: 'scheduler',
    look: async () => run(await execution.shell(), execution.scheduler().probe),
    fix: `See whether the commands of the scheduler are in the PATH of a login on the host, and whether it runs.`,
  };
}

function storageStep({ storage, weakPromises }: CheckedParts): CheckStep {
  return {
    step: 'storage',
    look: async () => {
      const root = await (await storage()).find('/');
      if (root?.type !== 'dir') throw new Error('rootDir is not a directory');
      return ['rootDir can be read.', ...(await weakPromises()).map(renderWeakPromise)].join(' ');
    },
    fix: 'Correct storage.rootDir, or the rights of the account on it.',
  };
}

/** A weaker promise is no failure: jobs run, and whoever registers the system knows what to expect. */
function renderWeakPromise({ extension, consequence }: WeakPromise): string {
  return `The server lacks ${extension}: ${consequence}.`;
}

/** What storage writes, the shell has to see: both must mean the same file system. */
function placeSteps({ storage, nonce }: CheckedParts, execution: Execution): CheckStep[] {
  const directory = joinPath(execution.jobsRoot, `.arras-check-${nonce}`);
  const path = joinPath(directory, 'written');
  const absolute = async () => (await storage()).hostPath(directory);
  return [
    {
      step: 'scratch',
      look: async () => {
        const place = await storage();
        const shell = await execution.shell();
        const [made] = await shell.install([{ directory: await absolute(), files: [], staging: null }]);
        if (made?.kind === 'failed') throw new Error(made.reason);
        await place.write(path, Readable.from([nonce]));
        const { stream } = await place.open(path);
        if ((await text(stream)) !== nonce) throw new Error('what was written is read differently');
        const seen = await run(shell, { script: 'cat -- "$1/written"', args: [await absolute()] });
        if (seen !== nonce) throw new Error('storage and login do not show the same files');
        return `${await absolute()} was written and read.`;
      },
      fix: 'Set scratchDir or workDir to a directory that the account may write, on a file system that login and storage share.',
    },
    {
      step: 'link',
      look: async () => {
        const shell = await execution.shell();
        try {
          await run(shell, { script: CHECK_LINK, args: [await absolute()] });
        } finally {
          await (await storage()).remove(directory);
        }
        return 'Of two links of one name one was made.';
      },
      fix: 'Put scratchDir on a file system with hard links (not FAT, some FUSE mounts or object stores).',
    },
  ];
}

async function run(shell: Shell, command: ShellCommand): Promise<string> {
  const { exitCode, stdout, stderr, timedOut } = await shell.run(command, { timeoutMs: STEP_MS });
  if (timedOut) throw new Error(`no answer within ${STEP_MS / 1000} s`);
  if (exitCode === 0) return stdout.trim().split('\n')[0] ?? '';
  throw new Error(firstLine(stderr) || firstLine(stdout) || `exit code ${exitCode}`);
}

function firstLine(output: string): string {
  return (output.trim().split('\n')[0] ?? '').slice(0, 300);
}
