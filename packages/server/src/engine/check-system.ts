import { lookup } from 'node:dns/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { SystemCheck, SystemCheckStep } from '@arras/contract';
import { SYSTEM_CHECK_STEPS } from '@arras/contract';
import { joinPath } from '../domain/paths.ts';
import { CHECK_LINK, CHECK_SHELL } from '../execution/check-scripts.ts';
import type { Scheduler } from '../execution/scheduler.ts';
import type { Shell, ShellCommand } from '../execution/shell.ts';
import { dial } from '../ssh/dial.ts';
import { fetchHostKeys } from '../ssh/fetch-host-keys.ts';
import { createSshHost } from '../ssh/pooled-ssh-host.ts';
import type { SshEndpoint } from '../ssh/ssh-endpoint.ts';
import { SSH_LIMITS } from '../ssh/ssh-host.ts';
import type { Storage } from '../storage/storage.ts';

/** What a check needs of a system; opened by compose. What cannot be opened rejects, and its step says why. */
export interface CheckedParts {
  /** How the host is entered; null for this host. */
  endpoint(): Promise<SshEndpoint | null>;
  readonly isAllowedAddress: (address: string) => boolean;
  /** Null for a storage system. */
  readonly execution: {
    shell(): Promise<Shell>;
    scheduler(): Scheduler;
    /** Root-relative directory below which jobs work. */
    readonly jobsRoot: string;
  } | null;
  storage(): Promise<Storage>;
  /** Names the files that the check makes and removes. */
  readonly nonce: string;
}

/** Milliseconds for one step: a person waits. */
const STEP_MS = 20_000;

interface Step {
  readonly step: SystemCheckStep;
  /** Resolves with what was seen. */
  readonly look: () => Promise<string>;
  readonly fix: string;
}

/** Enters a system as its jobs would. Steps after a failed one are skipped, because they could only fail too. */
export async function checkSystem(parts: CheckedParts): Promise<SystemCheck[]> {
  const results: SystemCheck[] = [];
  let hasFailed = false;
  for (const step of await stepsOf(parts)) {
    const result: SystemCheck = hasFailed ? skipped(step.step) : await take(step);
    hasFailed ||= result.result === 'failed';
    results.push(result);
  }
  return results;
}

async function take({ step, look, fix }: Step): Promise<SystemCheck> {
  const began = performance.now();
  const elapsed = () => Math.round((performance.now() - began) * 10) / 10;
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${STEP_MS / 1000} s`)), STEP_MS);
  try {
    const message = await Promise.race([look(), late]);
    return { step, result: 'ok', milliseconds: elapsed(), message };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { step, result: 'failed', milliseconds: elapsed(), message, fix };
  } finally {
    clearTimeout(timer);
  }
}

function skipped(step: SystemCheckStep): SystemCheck {
  return { step, result: 'skipped', milliseconds: 0, message: `Not tried. ${SYSTEM_CHECK_STEPS[step]}` };
}

async function stepsOf(parts: CheckedParts): Promise<Step[]> {
  const { execution } = parts;
  return [
    ...(await hostSteps(parts)),
    ...(execution === null ? [] : programSteps(execution)),
    storageStep(parts),
    ...(execution === null ? [] : placeSteps(parts, execution)),
  ];
}

/** The proxy, where there is one, is the host that can be seen from here. */
async function hostSteps({ endpoint, isAllowedAddress }: CheckedParts): Promise<Step[]> {
  let known: SshEndpoint | null;
  try {
    known = await endpoint();
  } catch (error) {
    return [
      {
        step: 'authenticate',
        look: () => Promise.reject(error),
        fix: 'Store credentials: POST /systems/v2/ID/credentials, or arras systems credentials set ID.',
      },
    ];
  }
  if (known === null) return [];
  const entered = known;
  const { host, port } = entered.via ?? entered;
  return [
    {
      step: 'resolve',
      look: async () => {
        const found = await lookup(host, { all: true });
        return `${host} is ${found.map(({ address }) => address).join(', ')}.`;
      },
      fix: `Correct the host of the system, or make ${host} known to the name service of this machine.`,
    },
    {
      step: 'connect',
      look: async () => {
        const socket = await dial({ host, port, isAllowedAddress, timeoutMs: SSH_LIMITS.connectMs });
        socket.destroy();
        return `${host} answers at port ${port}.`;
      },
      fix: `See whether sshd runs on ${host} at port ${port}, and whether a firewall lets this machine through.`,
    },
    {
      step: 'host-key',
      look: () => compareHostKeys(entered, isAllowedAddress),
      fix: 'If the host was set up anew on purpose, compare the fingerprints with its administrator and update hostKeys of the system. If not, somebody may be in between: do not.',
    },
    {
      step: 'authenticate',
      look: () => enter(entered, isAllowedAddress),
      fix: `See whether ${entered.username} may enter ${entered.host} with these credentials (authorized_keys, password, expiry), and replace them: arras systems credentials set ID.`,
    },
  ];
}

async function compareHostKeys(
  endpoint: SshEndpoint,
  isAllowedAddress: (address: string) => boolean,
): Promise<string> {
  const { host, port, via, hostKeys } = endpoint;
  const shown = await fetchHostKeys({ host, port, via, isAllowedAddress });
  const known = shown.filter((key) => hostKeys.includes(key));
  if (known.length > 0) return `${host} shows a known key (${known[0]?.split(' ')[0]}).`;
  throw new Error(`expected one of ${hostKeys.length} known keys, ${host} shows others`);
}

async function enter(endpoint: SshEndpoint, isAllowedAddress: (address: string) => boolean): Promise<string> {
  // A connection of its own: those that are open already prove nothing about the credentials.
  const host = createSshHost(endpoint, { isAllowedAddress });
  try {
    await host.withChannel('exit 0', async () => undefined);
    return `${endpoint.username} was let in.`;
  } finally {
    await host.close();
  }
}

type Execution = NonNullable<CheckedParts['execution']>;

function programSteps(execution: Execution): Step[] {
  return [
    {
      step: 'shell',
      look: async () => `bash ${await run(await execution.shell(), CHECK_SHELL)}`,
      fix: 'Install bash, coreutils and util-linux (setsid) on the host; a login shell that prints or asks something does no harm.',
    },
    {
      step: 'scheduler',
      look: async () => run(await execution.shell(), execution.scheduler().probe),
      fix: `See whether the commands of the scheduler are in the PATH of a login on the host, and whether it runs.`,
    },
  ];
}

function storageStep({ storage }: CheckedParts): Step {
  return {
    step: 'storage',
    look: async () => {
      const root = await (await storage()).find('/');
      if (root?.type !== 'dir') throw new Error('rootDir is not a directory');
      return 'rootDir can be read.';
    },
    fix: 'Correct storage.rootDir, or the rights of the account on it.',
  };
}

/** What storage writes, the shell has to see: both must mean the same file system. */
function placeSteps({ storage, nonce }: CheckedParts, execution: Execution): Step[] {
  const directory = joinPath(execution.jobsRoot, `.arras-check-${nonce}`);
  const path = joinPath(directory, 'written');
  const absolute = async () => (await storage()).hostPath(directory);
  return [
    {
      step: 'scratch',
      look: async () => {
        const place = await storage();
        const shell = await execution.shell();
        await shell.makeDirectory(await absolute());
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
