import type { AuthRequest, LoginRequest, StorageRequest, SystemPart, SystemRequest } from '@arras/contract';
import type { Logger } from 'pino';
import type { SecretBox } from './auth/secret-box.ts';
import { openSystemSecrets, type SystemSecrets } from './auth/system-secrets.ts';
import { composeStorages } from './compose-storages.ts';
import type { Db } from './database/connection.ts';
import { listSystemCredentials } from './database/system-credentials.ts';
import type { SystemConnection, SystemRow } from './database/tables.ts';
import { JobFault } from './domain/failure.ts';
import type { HealthKeeper } from './engine/health-keeper.ts';
import type { AdapterFactories, Opened } from './engine/targets.ts';
import { observeShell, observeStorage, type PartObserver } from './engine/watched-adapters.ts';
import { createExecutor } from './execution/executor.ts';
import { createLocalShell } from './execution/local-shell.ts';
import type { Scheduler } from './execution/scheduler.ts';
import { findScheduler } from './execution/schedulers.ts';
import type { Shell } from './execution/shell.ts';
import { createSshShell } from './execution/ssh-shell.ts';
import { syncFileSystem } from './execution/sync-shell.ts';
import { isDenied, parseRanges } from './net/address-rules.ts';
import type { OpenSshAuth, OpenSshEndpoint } from './ssh/openssh-config.ts';
import { SharedSshHosts } from './ssh/shared-ssh-hosts.ts';
import type { SshAuth, SshEndpoint } from './ssh/ssh-endpoint.ts';
import type { SshEntrance } from './ssh/ssh-entrance.ts';
import { openStorage, type StorageSecrets } from './storage/by-protocol.ts';
import { askWeakPromises, type WeakPromise } from './storage/sftp-promises.ts';

/** What adapters are made of. */
export interface AdapterParts {
  readonly db: Db;
  readonly secrets: SecretBox;
  /** Ranges that users' hosts may be in although they are private (`ARRAS_EGRESS_ALLOW`). */
  readonly egressAllow: readonly string[];
  readonly openSsh: OpenSshSettings;
  readonly log: Logger;
  /** Is told how every use of a system went. */
  readonly health: Pick<HealthKeeper, 'worked' | 'failed'>;
}

/** What the systems have in common that the system's `ssh` program enters. */
export interface OpenSshSettings {
  /** Where its private directories are made. */
  readonly directory: string;
  /** The ssh_config(5) file of systems that are entered as the service's own account. */
  readonly accountConfig: string;
}

/** A shell with what ends its connections. */
export interface OpenShell extends Opened {
  readonly shell: Shell;
}

/** Opens the shells and storages of registered systems. */
export interface Adapters extends AdapterFactories, AsyncDisposable {
  openShell(system: SystemRow): Promise<OpenShell>;
  /** How the hosts of a system are entered; null for a connection to this host. */
  entranceOf(system: SystemRow, connection: SystemConnection): Promise<SshEntrance | null>;
  /** What a host lacks that the files of a system are on; empty for files of this host. */
  weakPromisesOf(system: SystemRow): Promise<readonly WeakPromise[]>;
  /** Where the `ssh` program's private directories are made. */
  readonly openSshDirectory: string;
  /** Whether an IP address may be connected to for a system. */
  allowedAddresses(system: Pick<SystemRow, 'trusted'>): (address: string) => boolean;
}

/** Makes the adapters. Nothing is connected until it is used. */
export function createAdapters(parts: AdapterParts): Adapters {
  const ranges = parseRanges(parts.egressAllow);
  const isPublic = (address: string) => !isDenied(address, ranges);
  const hosts = new SharedSshHosts({
    openSshDirectory: parts.openSsh.directory,
    onState: ({ transport, endpoint: { host, port, username } }, state) => {
      const level = state.kind === 'reachable' ? 'info' : 'warn';
      parts.log[level]({ host, port, username, transport, ...state }, 'host.state');
    },
  });
  const called = composeStorages(parts.egressAllow);
  const allowedAddresses: Adapters['allowedAddresses'] = ({ trusted }) => (trusted ? () => true : isPublic);
  const entranceOf: Adapters['entranceOf'] = (system, connection) => readEntrance(parts, system, connection);
  const open = async (system: SystemRow, connection: SystemConnection) => {
    const entrance = await entranceOf(system, connection);
    return entrance === null ? null : hosts.open(entrance, allowedAddresses(system));
  };
  const openShell = async (system: SystemRow): Promise<OpenShell> => {
    const observer = observerOf(parts.health, system, 'login');
    const shared = await open(system, 'login');
    if (shared === null) return { shell: observeShell(createLocalShell(), observer), ...ALWAYS_HERE };
    const shell = observeShell(createSshShell(shared.host), observer);
    return {
      shell,
      whyUnreachable: () => telling(observer, shared.whyUnreachable()),
      close: async () => {
        await shell.close();
        await shared.release();
      },
    };
  };
  return {
    entranceOf,
    openSshDirectory: parts.openSsh.directory,
    weakPromisesOf: async (system) => {
      const shared = await open(system, 'storage');
      if (shared === null) return [];
      try {
        return await askWeakPromises(shared.host);
      } finally {
        await shared.release();
      }
    },
    allowedAddresses,
    openShell,
    openExecutor: async (system) => {
      const scheduler = schedulerOf(system);
      const { shell, ...opened } = await openShell(system);
      return { executor: createExecutor({ shell, scheduler }), ...opened };
    },
    urls: called.urls,
    openStorage: async (system) => {
      const { storage: block } = definitionOf(system);
      const observer = observerOf(parts.health, system, 'storage');
      const secrets = () => readStorageSecrets(parts, system);
      const remote = await called.open(block, { trusted: system.trusted, secrets });
      if (remote !== null) {
        observeStorage(remote.storage, observer);
        return { ...remote, close: () => remote.storage.close() };
      }
      const shared = await open(system, 'storage');
      const storage = openStorage(block, {
        sshHost: shared?.host ?? null,
        syncFileSystem,
      });
      return {
        storage: observeStorage(storage, observer),
        whyUnreachable: async () =>
          shared === null ? null : await telling(observer, shared.whyUnreachable()),
        close: async () => {
          await storage.close();
          await shared?.release();
        },
      };
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([hosts[Symbol.asyncDispose](), called[Symbol.asyncDispose]()]);
    },
  };
}

function observerOf(health: AdapterParts['health'], { id }: SystemRow, part: SystemPart): PartObserver {
  return {
    worked: (milliseconds) => health.worked(id, part, milliseconds),
    failed: (reason) => health.failed(id, part, reason),
  };
}

/** Why a host cannot be reached is known without a use of it; that it can be may be old news. */
async function telling(observer: PartObserver, why: Promise<string | null>): Promise<string | null> {
  const reason = await why;
  if (reason !== null) observer.failed(reason);
  return reason;
}

const ALWAYS_HERE: Opened = { whyUnreachable: async () => null, close: async () => undefined };

/** The scheduler that a system was registered with. Throws {@link JobFault} when this version has none such. */
export function schedulerOf(system: SystemRow): Scheduler {
  const definition = definitionOf(system);
  const name = definition.type === 'EXECUTION' ? definition.scheduler : '';
  const scheduler = findScheduler(name);
  if (scheduler === null) throw new JobFault(`system ${system.id}: the scheduler ${name} is not supported`);
  return scheduler;
}

/** Written by the system routes from a parsed request, never by hand. */
function definitionOf({ definition }: Pick<SystemRow, 'definition'>): SystemRequest {
  return definition as unknown as SystemRequest;
}

async function readEntrance(
  { db, secrets, openSsh }: AdapterParts,
  system: SystemRow,
  connection: SystemConnection,
): Promise<SshEntrance | null> {
  const block = connectionOf(system, connection);
  if (block.protocol !== 'SSH' && block.protocol !== 'SFTP') return null;
  if (block.transport === 'OPENSSH' && block.auth.type === 'LOCAL')
    return openSshEntrance(block, { kind: 'account', configFile: openSsh.accountConfig });
  const rows = await listSystemCredentials(db, system.uuid);
  const row = rows.find((stored) => stored.connection === connection);
  if (row === undefined) throw new JobFault(`system ${system.id} has no credentials for its ${connection}`);
  const opened = openSystemSecrets(secrets, row);
  if (block.transport === 'OPENSSH') return openSshEntrance(block, buildOpenSshAuth(system.id, opened));
  const auth = buildAuth(system.id, block.auth, opened);
  return { transport: 'BUILTIN', endpoint: buildEndpoint<SshEndpoint>(block, auth) };
}

async function readStorageSecrets({ db, secrets }: AdapterParts, system: SystemRow): Promise<StorageSecrets> {
  const { auth } = definitionOf(system).storage;
  if (auth.type === 'ANONYMOUS') return {};
  const rows = await listSystemCredentials(db, system.uuid);
  const row = rows.find((stored) => stored.connection === 'storage');
  if (row === undefined) throw new JobFault(`system ${system.id} has no credentials for its storage`);
  return {
    ...openSystemSecrets(secrets, row),
    ...(auth.username !== undefined && { username: auth.username }),
  };
}

function openSshEntrance(block: LoginRequest | StorageRequest, auth: OpenSshAuth): SshEntrance {
  return { transport: 'OPENSSH', endpoint: buildEndpoint<OpenSshEndpoint>(block, auth) };
}

function connectionOf(system: SystemRow, connection: SystemConnection): LoginRequest | StorageRequest {
  const definition = definitionOf(system);
  if (connection === 'storage') return definition.storage;
  if (definition.type === 'EXECUTION') return definition.login;
  throw new JobFault(`system ${system.id} is a storage system: no programs can be run on it`);
}

/** A host behind a proxy is entered with the same name and the same proof as the proxy. */
function buildEndpoint<Endpoint extends SshEndpoint | OpenSshEndpoint>(
  { host = '', port = 22, proxy, hostKeys = [], auth: { username = '' } }: LoginRequest | StorageRequest,
  auth: Endpoint['auth'],
) {
  const shared = { username, auth };
  const via =
    proxy === undefined
      ? null
      : { host: proxy.host, port: proxy.port, hostKeys: proxy.hostKeys ?? [], via: null, ...shared };
  return { host, port, hostKeys, via, ...shared };
}

/** What proves to a host who comes; of keys the password is the passphrase. Throws {@link JobFault}. */
export function buildAuth(systemId: string, { type }: AuthRequest, secrets: SystemSecrets): SshAuth {
  const { password, privateKey } = secrets;
  if (type === 'PASSWORD' && password !== undefined) return { kind: 'password', password };
  if (type === 'SSHKEYS' && privateKey !== undefined)
    return { kind: 'key', privateKey, passphrase: password ?? null };
  throw new JobFault(`system ${systemId}: the authentication ${type} cannot be used for SSH`);
}

/** A certificate stands where a public key does; the `ssh` program finds that itself. Throws {@link JobFault}. */
function buildOpenSshAuth(
  systemId: string,
  { password = '', privateKey, publicKey = '' }: SystemSecrets,
): OpenSshAuth {
  if (privateKey === undefined)
    throw new JobFault(`system ${systemId}: the transport OPENSSH needs a private key`);
  if (password !== '')
    throw new JobFault(
      `system ${systemId}: the transport OPENSSH takes no key with a passphrase; store one without`,
    );
  const certificate = /^\s*[a-z0-9-]+-cert-v01@openssh\.com /.test(publicKey) ? publicKey : null;
  return { kind: 'key', privateKey, certificate };
}
