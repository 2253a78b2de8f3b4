import { lookup } from 'node:dns/promises';
import type { SystemCheckStep } from '@arras/contract';
import { dial } from '../ssh/dial.ts';
import { fetchHostKeys } from '../ssh/fetch-host-keys.ts';
import type { OpenSshEndpoint } from '../ssh/openssh-config.ts';
import { type TracedStep, traceOpenSsh } from '../ssh/openssh-trace.ts';
import { createSshHost } from '../ssh/pooled-ssh-host.ts';
import type { SshEndpoint } from '../ssh/ssh-endpoint.ts';
import type { SshEntrance } from '../ssh/ssh-entrance.ts';
import { SSH_LIMITS } from '../ssh/ssh-host.ts';

/** One step of a check. */
export interface CheckStep {
  readonly step: SystemCheckStep;
  /** Resolves with what was seen. */
  readonly look: () => Promise<string>;
  readonly fix: string;
}

/** What is checked of the way into a host. */
export interface CheckedEntrance {
  /** How the host is entered; null for this host. Rejects when nothing is stored to enter it with. */
  find(): Promise<SshEntrance | null>;
  readonly isAllowedAddress: (address: string) => boolean;
  /** Where the `ssh` program's private directories are made. */
  readonly openSshDirectory: string;
}

/** The steps into a host; ended by `close`. */
export interface Entry {
  readonly steps: readonly CheckStep[];
  close(): Promise<void>;
}

/** Prepares the steps into a host. */
export async function openEntry(parts: CheckedEntrance): Promise<Entry> {
  const idle = async () => undefined;
  let entrance: SshEntrance | null;
  try {
    entrance = await parts.find();
  } catch (error) {
    return { steps: [missingCredentials(error)], close: idle };
  }
  if (entrance === null) return { steps: [], close: idle };
  if (entrance.transport === 'OPENSSH') return traceEntry(entrance.endpoint, parts.openSshDirectory);
  return { steps: librarySteps(entrance.endpoint, parts.isAllowedAddress), close: idle };
}

function missingCredentials(error: unknown): CheckStep {
  return {
    step: 'authenticate',
    look: async () => {
      throw error;
    },
    fix: 'Store credentials: POST /systems/v2/ID/credentials, or arras systems credentials set ID.',
  };
}

type Looks = Readonly<Record<TracedStep, () => Promise<string>>>;

/** The proxy, where there is one, is the host that can be seen from here. */
function stepsInto(endpoint: SshEndpoint | OpenSshEndpoint, looks: Looks, mend: string): CheckStep[] {
  const { host, port } = endpoint.via ?? endpoint;
  return [
    {
      step: 'resolve',
      look: looks.resolve,
      fix: `Correct the host of the system, or make ${host} known to the name service of this machine.`,
    },
    {
      step: 'connect',
      look: looks.connect,
      fix: `See whether sshd runs on ${host} at port ${port}, and whether a firewall lets this machine through.`,
    },
    {
      step: 'host-key',
      look: looks['host-key'],
      fix: 'If the host was set up anew on purpose, compare the fingerprints with its administrator and update hostKeys of the system. If not, somebody may be in between: do not.',
    },
    { step: 'authenticate', look: looks.authenticate, fix: mend },
  ];
}

function librarySteps(
  endpoint: SshEndpoint,
  isAllowedAddress: (address: string) => boolean,
): readonly CheckStep[] {
  const { host, port } = endpoint.via ?? endpoint;
  const looks: Looks = {
    resolve: async () => {
      const found = await lookup(host, { all: true });
      return `${host} is ${found.map(({ address }) => address).join(', ')}.`;
    },
    connect: async () => {
      const socket = await dial({ host, port, isAllowedAddress, timeoutMs: SSH_LIMITS.connectMs });
      socket.destroy();
      return `${host} answers at port ${port}.`;
    },
    'host-key': () => compareHostKeys(endpoint, isAllowedAddress),
    authenticate: () => enter(endpoint, isAllowedAddress),
  };
  const mend = `See whether ${endpoint.username} may enter ${endpoint.host} with these credentials (authorized_keys, password, expiry), and replace them: arras systems credentials set ID.`;
  return stepsInto(endpoint, looks, mend);
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

/** One attempt of the `ssh` program takes all steps: it may reach hosts that nothing else here can. */
function traceEntry(endpoint: OpenSshEndpoint, openSshDirectory: string): Entry {
  const { host, port, username } = endpoint;
  const trace = traceOpenSsh(endpoint, openSshDirectory);
  const look = (step: TracedStep, message: string) => async () => {
    await trace.until(step);
    return message;
  };
  const looks: Looks = {
    resolve: look('resolve', 'ssh has found an address to connect to.'),
    connect: look('connect', 'ssh is connected.'),
    'host-key': look('host-key', `${host} shows a known key.`),
    authenticate: look('authenticate', `${username} was let in.`),
  };
  const mend =
    endpoint.auth.kind === 'account'
      ? `Try it as the account that the service runs as: ssh -o BatchMode=yes -p ${port} ${username}@${host} (its keys, agent, certificates and tickets, and what its ssh_config says of ${host}).`
      : `See whether ${username} may enter ${host} with this key and certificate (authorized_keys, validity and principals of the certificate), and replace them: arras systems credentials set ID.`;
  return { steps: stepsInto(endpoint, looks, mend), close: () => trace.close() };
}
