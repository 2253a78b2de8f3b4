import { randomBytes } from 'node:crypto';
import { SYSTEM_PARTS, type SystemCheck, type SystemPart, type SystemRequest } from '@arras/contract';
import { type Adapters, schedulerOf } from './compose-adapters.ts';
import { CALLED_PROTOCOLS } from './compose-storages.ts';
import type { SystemRow } from './database/tables.ts';
import { jobsDirectory } from './domain/places.ts';
import type { CheckedServer } from './engine/check-server.ts';
import { type CheckedParts, checkSystem } from './engine/check-system.ts';
import type { HealthKeeper } from './engine/health-keeper.ts';
import type { Opened } from './engine/targets.ts';
import type { HostControl } from './http/context.ts';
import { fetchHostKeys } from './ssh/fetch-host-keys.ts';
import { SshUnavailable } from './ssh/ssh-host.ts';

/** What requests about systems need of the hosts outside. */
export function composeHosts(adapters: Adapters, health: HealthKeeper): HostControl {
  return {
    showHostKeys: async ({ host, port, via }, { trusted }) => {
      const isAllowedAddress = adapters.allowedAddresses({ trusted });
      try {
        const hostKeys = await fetchHostKeys({ host, port, via, isAllowedAddress });
        if (hostKeys.length > 0) return { kind: 'shown', hostKeys };
        return { kind: 'hidden', reason: 'it offers no key of a type that is accepted' };
      } catch (error) {
        if (!(error instanceof SshUnavailable)) throw error;
        return { kind: 'hidden', reason: error.message };
      }
    },
    checkSystem: async (system) => {
      const opened: Opened[] = [];
      try {
        const steps = await checkSystem(partsOf(adapters, system, opened));
        for (const part of SYSTEM_PARTS) tellFound(health, system.id, part, steps);
        return steps;
      } finally {
        await Promise.all(opened.map((each) => each.close()));
        // Whoever has checked the system looks at it next.
        await health.flush();
      }
    },
  };
}

/** What a check has found of a part; nothing where all its steps were skipped. */
function tellFound(
  health: HealthKeeper,
  systemId: string,
  part: SystemPart,
  steps: readonly SystemCheck[],
): void {
  const taken = steps.filter((step) => step.part === part && step.result !== 'skipped');
  const failed = taken.find(({ result }) => result === 'failed');
  if (failed !== undefined)
    health.failed(systemId, part, `${failed.step}: ${failed.message}`, { isSure: true });
  else if (taken.length > 0) health.worked(systemId, part, null);
}

/** Opens each part at its first use, once; all are closed at the end. */
function partsOf(adapters: Adapters, system: SystemRow, opened: Opened[]): CheckedParts {
  const definition = system.definition as unknown as SystemRequest;
  const once = <Part extends Opened>(open: () => Promise<Part>): (() => Promise<Part>) => {
    let part: Promise<Part> | null = null;
    return () => {
      part ??= open().then((value) => {
        opened.push(value);
        return value;
      });
      return part;
    };
  };
  const openShell = once(() => adapters.openShell(system));
  const openStorage = once(() => adapters.openStorage(system));
  return {
    entrance: {
      find: () => adapters.entranceOf(system, definition.type === 'EXECUTION' ? 'login' : 'storage'),
      isAllowedAddress: adapters.allowedAddresses(system),
      openSshDirectory: adapters.openSshDirectory,
    },
    server: serverOf(definition),
    execution:
      definition.type === 'STORAGE'
        ? null
        : {
            shell: async () => (await openShell()).shell,
            scheduler: () => schedulerOf(system),
            jobsRoot: jobsRootOf(definition),
          },
    storage: async () => (await openStorage()).storage,
    weakPromises: () => adapters.weakPromisesOf(system),
    nonce: randomBytes(8).toString('hex'),
  };
}

/** Where the server of a system's files listens; null for files that are reached otherwise. */
function serverOf({ storage: { protocol, host = '', port = 0 } }: SystemRequest): CheckedServer | null {
  if (!CALLED_PROTOCOLS.has(protocol)) return null;
  return { host, port, isReadOnly: protocol === 'HTTP' || protocol === 'HTTPS' };
}

function jobsRootOf({ storage, scratchDir, workDir }: Extract<SystemRequest, { type: 'EXECUTION' }>): string {
  const root = jobsDirectory({ homeDir: storage.homeDir, scratchDir, workDir });
  if (root.ok) return root.path;
  throw new Error(`directories of the system: ${root.reason}`);
}
