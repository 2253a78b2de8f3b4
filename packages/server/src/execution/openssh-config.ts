import { algorithmsOf, parseHostKey } from '../ssh/host-keys.ts';

/** How the system's OpenSSH proves who the user is. */
export type OpenSshAuth =
  /** A private key without passphrase, and its certificate (the text of `…-cert.pub`) where the site wants one. */
  | { readonly kind: 'key'; readonly privateKey: string; readonly certificate: string | null }
  /** Files on this host. */
  | { readonly kind: 'files'; readonly identityFile: string; readonly certificateFile: string | null }
  /** An agent's socket on this host: keys with a passphrase, hardware keys. */
  | { readonly kind: 'agent'; readonly socket: string; readonly certificateFile: string | null };

/** Where a host is and as whom the system's OpenSSH enters it. */
export interface OpenSshEndpoint {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly auth: OpenSshAuth;
  /** As in `SshEndpoint`. */
  readonly hostKeys: readonly string[];
  readonly via: OpenSshEndpoint | null;
}

/** A file that the configuration names, to be written into the private directory with mode 0600. */
export interface OpenSshFile {
  readonly name: string;
  readonly text: string;
}

/** The name of the host in the configuration; those on the way to it have a number behind it. */
export const TARGET = 'target';

/** Names of the configuration, of the pinned keys and of the control socket in the private directory. */
export const CONFIG_FILE = 'config';
const KNOWN_HOSTS_FILE = 'known_hosts';
export const CONTROL_SOCKET = 'control';

/** Seconds for which an unused connection stays, and after which it ends when the service was killed. */
const PERSIST_SECONDS = 60;

/**
 * Files for `ssh -F`: with it, neither the account's nor the system's configuration is read. See ssh_config(5).
 * Throws a RangeError for a host, a name or a path that the file's format cannot hold.
 */
export function renderOpenSshFiles(endpoint: OpenSshEndpoint, directory: string): readonly OpenSshFile[] {
  const hosts = [...chainOf(endpoint)].map((each, index) => ({ endpoint: each, name: nameOf(index) }));
  const config = [
    ...hosts.map(({ endpoint: each, name }, index) => {
      const gate = index + 1 < hosts.length ? nameOf(index + 1) : null;
      return renderHost({ endpoint: each, name, gate, directory });
    }),
    renderDefaults(directory),
  ].join('\n');
  const knownHosts = hosts.flatMap(({ endpoint: each, name }) =>
    each.hostKeys.map((key) => knownHost(name, key)),
  );
  return [
    { name: CONFIG_FILE, text: config },
    { name: KNOWN_HOSTS_FILE, text: knownHosts.join('') },
    ...hosts.flatMap(({ endpoint: each, name }) => keyFiles(each.auth, name)),
  ];
}

function* chainOf(endpoint: OpenSshEndpoint): Generator<OpenSshEndpoint> {
  for (let each: OpenSshEndpoint | null = endpoint; each !== null; each = each.via) yield each;
}

function nameOf(index: number): string {
  return index === 0 ? TARGET : `${TARGET}-${index}`;
}

interface HostBlock {
  readonly endpoint: OpenSshEndpoint;
  readonly name: string;
  /** The name of the host before it. */
  readonly gate: string | null;
  readonly directory: string;
}

function renderHost({ endpoint, name, gate, directory }: HostBlock): string {
  const { host, port, username, auth, hostKeys } = endpoint;
  return [
    `Host ${name}`,
    `HostName ${checkWord(host, HOST_SHAPE)}`,
    `HostKeyAlias ${name}`,
    `Port ${port}`,
    `User ${checkWord(username, USER_SHAPE)}`,
    `HostKeyAlgorithms ${algorithmsOf(hostKeys.map(parseHostKey)).join(',')}`,
    ...(gate === null ? [] : [`ProxyJump ${gate}`]),
    ...renderAuth(auth, name, directory),
    '',
  ].join('\n');
}

function renderAuth(auth: OpenSshAuth, name: string, directory: string): readonly string[] {
  switch (auth.kind) {
    case 'key':
      return [
        'IdentityAgent none',
        `IdentityFile ${quotePath(`${directory}/${name}.key`)}`,
        ...(auth.certificate === null
          ? []
          : [`CertificateFile ${quotePath(`${directory}/${name}-cert.pub`)}`]),
      ];
    case 'files':
      return [
        'IdentityAgent none',
        `IdentityFile ${quotePath(auth.identityFile)}`,
        ...(auth.certificateFile === null ? [] : [`CertificateFile ${quotePath(auth.certificateFile)}`]),
      ];
    case 'agent':
      return [
        `IdentityAgent ${quotePath(auth.socket)}`,
        'IdentitiesOnly no',
        ...(auth.certificateFile === null ? [] : [`CertificateFile ${quotePath(auth.certificateFile)}`]),
      ];
    default:
      return auth satisfies never;
  }
}

/** The first value of a keyword counts, so these come after the hosts. RELIABILITY R6. */
function renderDefaults(directory: string): string {
  return [
    'Host *',
    `UserKnownHostsFile ${quotePath(`${directory}/${KNOWN_HOSTS_FILE}`)}`,
    'GlobalKnownHostsFile /dev/null',
    'StrictHostKeyChecking yes',
    'UpdateHostKeys no',
    'VerifyHostKeyDNS no',
    'BatchMode yes',
    'PreferredAuthentications publickey',
    'PubkeyAcceptedAlgorithms -ssh-rsa',
    'IdentitiesOnly yes',
    'ForwardAgent no',
    'ForwardX11 no',
    'PermitLocalCommand no',
    'RequestTTY no',
    'EscapeChar none',
    'LogLevel ERROR',
    'ConnectTimeout 10',
    'ConnectionAttempts 1',
    'ServerAliveInterval 15',
    'ServerAliveCountMax 3',
    `ControlPath ${quotePath(`${directory}/${CONTROL_SOCKET}`)}`,
    'ControlMaster no',
    `ControlPersist ${PERSIST_SECONDS}`,
    '',
  ].join('\n');
}

function keyFiles(auth: OpenSshAuth, name: string): readonly OpenSshFile[] {
  if (auth.kind !== 'key') return [];
  return [
    { name: `${name}.key`, text: `${auth.privateKey.trim()}\n` },
    ...(auth.certificate === null
      ? []
      : [{ name: `${name}-cert.pub`, text: `${auth.certificate.trim()}\n` }]),
  ];
}

function knownHost(name: string, key: string): string {
  const { type, blob } = parseHostKey(key);
  return `${name} ${type} ${blob.toString('base64')}\n`;
}

const HOST_SHAPE = /^[A-Za-z0-9][A-Za-z0-9.:_-]{0,253}$/;
const USER_SHAPE = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}$/;

function checkWord(word: string, shape: RegExp): string {
  if (!shape.test(word))
    throw new RangeError(`expected a word like ${shape.source}, got ${JSON.stringify(word)}`);
  return word;
}

/** `%` begins a token there, and `\${` a variable. */
function quotePath(path: string): string {
  if (/["\p{Cc}]|\$\{/u.test(path))
    throw new RangeError(`expected a plain path, got ${JSON.stringify(path)}`);
  return `"${path.replaceAll('%', '%%')}"`;
}
