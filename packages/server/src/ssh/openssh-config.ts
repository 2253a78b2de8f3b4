import { algorithmsOf, parseHostKey } from './host-keys.ts';

/** How the system's OpenSSH proves who the user is. */
export type OpenSshAuth =
  /** A private key without passphrase, and its certificate (the text of `…-cert.pub`) where the site wants one. */
  | { readonly kind: 'key'; readonly privateKey: string; readonly certificate: string | null }
  /**
   * Whatever the service's own account has: its keys, an agent, hardware keys, Kerberos tickets, as a ssh_config(5) file
   * of the operator says. A file that is not there says nothing.
   */
  | { readonly kind: 'account'; readonly configFile: string };

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

/** Seconds after which a connection ends by itself when the service was killed: while it lives, it holds the socket. */
const PERSIST_SECONDS = 10;

/**
 * Files for `ssh -F`: with it, neither the account's nor the system's configuration is read, unless the account itself
 * is what enters the host. See ssh_config(5). Throws a RangeError for a host, a name or a path that the file's format
 * cannot hold.
 */
export function renderOpenSshFiles(endpoint: OpenSshEndpoint, directory: string): readonly OpenSshFile[] {
  const hosts = [...chainOf(endpoint)].map((each, index) => ({ endpoint: each, name: nameOf(index) }));
  const config = [
    ...hosts.map(({ endpoint: each, name }, index) => {
      const gate = index + 1 < hosts.length ? nameOf(index + 1) : null;
      return renderHost({ endpoint: each, name, gate, directory });
    }),
    renderDefaults(directory),
    ...(endpoint.auth.kind === 'account' ? [renderInclude(endpoint.auth.configFile)] : []),
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
    // Here and not for all: a host on the way that the account's own configuration names has the account's known hosts.
    `UserKnownHostsFile ${quotePath(`${directory}/${KNOWN_HOSTS_FILE}`)}`,
    'GlobalKnownHostsFile /dev/null',
    ...(gate === null ? [] : [`ProxyJump ${gate}`]),
    ...(auth.kind === 'key' ? renderKey(auth, name, directory) : []),
    '',
  ].join('\n');
}

function renderKey(
  { certificate }: Extract<OpenSshAuth, { kind: 'key' }>,
  name: string,
  directory: string,
): readonly string[] {
  const certificateFile = `CertificateFile ${quotePath(`${directory}/${name}-cert.pub`)}`;
  return [
    'IdentityAgent none',
    'IdentitiesOnly yes',
    'PreferredAuthentications publickey',
    `IdentityFile ${quotePath(`${directory}/${name}.key`)}`,
    ...(certificate === null ? [] : [certificateFile]),
  ];
}

/** The first value of a keyword counts, so these come after the hosts and before the account's own. RELIABILITY R6. */
function renderDefaults(directory: string): string {
  return [
    'Host *',
    // Keywords that older versions do not have.
    'IgnoreUnknown KnownHostsCommand',
    'KnownHostsCommand none',
    'StrictHostKeyChecking yes',
    'NoHostAuthenticationForLocalhost no',
    'UpdateHostKeys no',
    'VerifyHostKeyDNS no',
    'BatchMode yes',
    'PubkeyAcceptedAlgorithms -ssh-rsa',
    'ForwardAgent no',
    'ForwardX11 no',
    'ClearAllForwardings yes',
    'PermitLocalCommand no',
    'RemoteCommand none',
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

/** Read in the last pass only: by then the host has its real name, by which the account's file knows it. */
function renderInclude(configFile: string): string {
  return ['Match final all', `Include ${quoteIncluded(configFile)}`, ''].join('\n');
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

const HOST_SHAPE = /^[A-Za-z0-9][A-Za-z0-9.:_-]{0,254}$/;
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

/** Unlike other paths it is a pattern, and takes no tokens. */
function quoteIncluded(path: string): string {
  if (/["\p{Cc}*?[\]\\~]/u.test(path))
    throw new RangeError(`expected a plain path, got ${JSON.stringify(path)}`);
  return `"${path}"`;
}
