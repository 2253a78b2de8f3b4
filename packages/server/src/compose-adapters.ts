import type { AuthRequest, LoginRequest, StorageRequest, SystemRequest } from '@arras/contract';
import type { Logger } from 'pino';
import type { SecretBox } from './auth/secret-box.ts';
import { openSystemSecrets, type SystemSecrets } from './auth/system-secrets.ts';
import { isDenied, parseRanges } from './channels/address-rules.ts';
import type { Db } from './database/connection.ts';
import { listSystemCredentials } from './database/system-credentials.ts';
import type { SystemConnection, SystemRow } from './database/tables.ts';
import { JobFault } from './domain/failure.ts';
import type { AdapterFactories, Opened } from './engine/targets.ts';
import { createExecutor } from './execution/executor.ts';
import { createLocalShell } from './execution/local-shell.ts';
import type { Scheduler } from './execution/scheduler.ts';
import { findScheduler } from './execution/schedulers.ts';
import type { Shell } from './execution/shell.ts';
import { createSshShell } from './execution/ssh-shell.ts';
import { SharedSshHosts } from './ssh/shared-ssh-hosts.ts';
import type { SshAuth, SshEndpoint } from './ssh/ssh-endpoint.ts';
import { openStorage } from './storage/by-protocol.ts';

/** What adapters are made of. */
export interface AdapterParts {
  readonly db: Db;
  readonly secrets: SecretBox;
  /** Ranges that users' hosts may be in although they are private (`ARRAS_EGRESS_ALLOW`). */
  readonly egressAllow: readonly string[];
  readonly log: Logger;
}

/** A shell with what ends its connections. */
export interface OpenShell extends Opened {
  readonly shell: Shell;
}

/** Opens the shells and storages of registered systems. */
export interface Adapters extends AdapterFactories, AsyncDisposable {
  openShell(system: SystemRow): Promise<OpenShell>;
  /** How the hosts of a system are entered; null for a connection to this host. */
  endpointOf(system: SystemRow, connection: SystemConnection): Promise<SshEndpoint | null>;
  /** Whether an IP address may be connected to for a system. */
  allowedAddresses(system: Pick<SystemRow, 'trusted'>): (address: string) => boolean;
}

/** Makes the adapters. Nothing is connected until it is used. */
export function createAdapters(parts: AdapterParts): Adapters {
  const ranges = parseRanges(parts.egressAllow);
  const isPublic = (address: string) => !isDenied(address, ranges);
  const hosts = new SharedSshHosts({
    onState: ({ host, port, username }, state) => {
      const level = state.kind === 'reachable' ? 'info' : 'warn';
      parts.log[level]({ host, port, username, ...state }, 'host.state');
    },
  });
  const allowedAddresses: Adapters['allowedAddresses'] = ({ trusted }) => (trusted ? () => true : isPublic);
  const endpointOf: Adapters['endpointOf'] = (system, connection) => readEndpoint(parts, system, connection);
  const open = async (system: SystemRow, connection: SystemConnection) => {
    const endpoint = await endpointOf(system, connection);
    return endpoint === null ? null : hosts.open(endpoint, allowedAddresses(system));
  };
  const openShell = async (system: SystemRow): Promise<OpenShell> => {
    const shared = await open(system, 'login');
    if (shared === null) return { shell: createLocalShell(), ...ALWAYS_HERE };
    const shell = createSshShell(shared.host);
    return {
      shell,
      whyUnreachable: () => shared.whyUnreachable(),
      close: async () => {
        await shell.close();
        await shared.release();
      },
    };
  };
  return {
    endpointOf,
    allowedAddresses,
    openShell,
    openExecutor: async (system) => {
      const scheduler = schedulerOf(system);
      const { shell, ...opened } = await openShell(system);
      return { executor: createExecutor({ shell, scheduler }), ...opened };
    },
    openStorage: async (system) => {
      const shared = await open(system, 'storage');
      const storage = openStorage(definitionOf(system).storage, { sshHost: shared?.host ?? null });
      return {
        storage,
        whyUnreachable: async () => (await shared?.whyUnreachable()) ?? null,
        close: async () => {
          await storage.close();
          await shared?.release();
        },
      };
    },
    [Symbol.asyncDispose]: () => hosts[Symbol.asyncDispose](),
  };
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

async function readEndpoint(
  { db, secrets }: AdapterParts,
  system: SystemRow,
  connection: SystemConnection,
): Promise<SshEndpoint | null> {
  const block = connectionOf(system, connection);
  if (block.protocol !== 'SSH' && block.protocol !== 'SFTP') return null;
  const rows = await listSystemCredentials(db, system.uuid);
  const row = rows.find((stored) => stored.connection === connection);
  if (row === undefined) throw new JobFault(`system ${system.id} has no credentials for its ${connection}`);
  return buildEndpoint(system.id, block, openSystemSecrets(secrets, row));
}

function connectionOf(system: SystemRow, connection: SystemConnection): LoginRequest | StorageRequest {
  const definition = definitionOf(system);
  if (connection === 'storage') return definition.storage;
  if (definition.type === 'EXECUTION') return definition.login;
  throw new JobFault(`system ${system.id} is a storage system: no programs can be run on it`);
}

/** A host behind a proxy is entered with the same name and the same proof as the proxy. */
function buildEndpoint(
  systemId: string,
  block: LoginRequest | StorageRequest,
  secrets: SystemSecrets,
): SshEndpoint {
  const { host = '', port = 22, proxy, hostKeys = [], auth } = block;
  const shared = { username: auth.username ?? '', auth: buildAuth(systemId, auth, secrets) };
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
