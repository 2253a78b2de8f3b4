import { z } from 'zod';
import { expected } from './expectation.ts';
import { whenSound } from './parse-body.ts';
import { flag, integerBetween, line, secret, word } from './scalars.ts';
import {
  AUTH_NEEDS,
  AUTH_TYPES,
  type AuthType,
  CREDENTIAL_SERVER_PROTOCOLS,
  LOGIN_AUTH,
  LOGIN_PROTOCOLS,
  OPENSSH_AUTH,
  STORAGE_AUTH,
  STORAGE_PROTOCOLS,
  TRANSPORTS,
  type Transport,
} from './system-vocabulary.ts';

// Never a leading dash: a host that looks like an option would be read as one by ssh programs.
const hostSchema = line({
  what: 'the name or address of a host',
  max: 255,
  pattern: /^[0-9A-Za-z][0-9A-Za-z.:-]*$/,
  hint: 'of letters, digits, dots, colons and dashes',
});

const portSchema = integerBetween(1, 65_535);

const userNameSchema = line({
  what: 'the name of an account',
  max: 64,
  pattern: /^[0-9A-Za-z_][^\s:/@]*$/,
  hint: 'without blanks, colons, slashes and @',
});

const hostKeySchema = line({
  what: 'a host key',
  max: 4096,
  pattern: /^(?:ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa) [A-Za-z0-9+/]+={0,3}$/,
  hint: 'such as ssh-ed25519 AAAA…, as ssh-keyscan prints it behind the name of the host',
});

const hostKeysSchema = z
  .array(hostKeySchema)
  .max(8, { error: expected('at most 8 host keys') })
  .optional();

const proxySchema = z.object({
  name: line({ what: 'a name', max: 64 }).optional(),
  host: hostSchema,
  port: portSchema.default(22),
  hostKeys: hostKeysSchema.describe('Keys by which the proxy is known; as those of the host.'),
});

/** How to authenticate. What it needs is found by {@link missingCredentials}. */
const authSchema = z.object(
  {
    type: word(AUTH_TYPES),
    username: userNameSchema.optional(),
    password: secret({ what: 'a password', max: 1024 }).optional(),
    publicKey: secret({ what: 'a public key', max: 16_384 }).optional(),
    privateKey: secret({ what: 'a private key', max: 16_384 }).optional(),
    credential: secret({ what: 'a credential', max: 16_384 }).optional(),
    caCerts: line({ what: 'the URL of CA certificates', max: 1024 }).optional(),
    server: z
      .object({
        name: line({ what: 'a name', max: 64 }).optional(),
        endpoint: hostSchema,
        port: portSchema.optional(),
        protocol: word(CREDENTIAL_SERVER_PROTOCOLS).default('NONE'),
      })
      .optional(),
  },
  { error: expected('an object with at least the field type') },
);

/** Credentials as given. */
export type AuthRequest = z.output<typeof authSchema>;

const shared = {
  host: hostSchema.optional(),
  port: portSchema.optional(),
  proxy: proxySchema.optional(),
  hostKeys: hostKeysSchema.describe(
    'Keys by which the host is known (SSH, SFTP). Without any, those that the host shows at the registration are kept; no other is accepted later.',
  ),
  transport: word(TRANSPORTS)
    .optional()
    .describe(
      "Who enters the host (SSH, SFTP). Default: BUILTIN. OPENSSH: the ssh program of the service's host, for certificates of users (in auth.publicKey beside auth.privateKey), or with auth.type LOCAL for what the service's own account has: hardware keys, an agent, Kerberos. Administrators only.",
    ),
  auth: authSchema,
};

/** A new authentication for one connection of a system. */
export const credentialsRequestSchema = z
  .object({
    connection: word(['login', 'storage']).describe('Which connection of the system it is for.'),
    auth: authSchema,
  })
  .superRefine(
    ({ auth }, context) => {
      for (const field of missingCredentials(auth)) {
        const message = `is required for the authentication ${auth.type}`;
        context.addIssue({ code: 'custom', path: ['auth', field], message });
      }
    },
    whenSound(['connection', 'auth.type']),
  );

/** A new authentication, parsed. */
export type CredentialsRequest = z.output<typeof credentialsRequestSchema>;

/** How jobs get onto an execution system. Host and port are needed unless the protocol is LOCAL. */
export const loginRequestSchema = z
  .object(
    { protocol: word(LOGIN_PROTOCOLS), ...shared },
    { error: expected('an object with protocol, host, port and auth') },
  )
  .superRefine(
    (login, context) => {
      checkConnection(login, LOGIN_AUTH[login.protocol], context);
    },
    whenSound(['protocol', 'auth.type']),
  );

/** A login as given. */
export type LoginRequest = z.output<typeof loginRequestSchema>;

const directory = (what: string) =>
  line({ what, max: 255, min: 0, pattern: NO_DOT_DOT, hint: 'without .. parts' });

/** A path that cannot climb: no part of it is `..`. */
export const NO_DOT_DOT = /^(?!(?:.*\/)?\.\.(?:\/|$))/;

/** Where the files of a system are. */
export const storageRequestSchema = z
  .object(
    {
      protocol: word(STORAGE_PROTOCOLS),
      ...shared,
      rootDir: directory('a directory').default('/'),
      homeDir: directory('a directory').default(''),
      mirror: flag().default(false),
      zone: line({ what: 'an iRODS zone', max: 64 }).optional(),
      resource: line({ what: 'an iRODS resource', max: 64 }).optional(),
      container: line({ what: 'a container or bucket', max: 255 }).optional().describe('The bucket (S3).'),
      region: line({ what: 'a region', max: 64, pattern: /^[0-9A-Za-z-]+$/, hint: 'such as eu-central-1' })
        .optional()
        .describe('The region of the bucket (S3). Default: as the host says, else us-east-1.'),
      tls: flag()
        .optional()
        .describe(
          'Whether connections are encrypted (FTP, S3). Default: with S3 at every port but 80; with FTP not, then passwords and files travel readably.',
        ),
      publicAppsDir: directory('a directory').optional(),
    },
    { error: expected('an object with protocol, host, port and auth') },
  )
  .superRefine(
    (storage, context) => {
      checkConnection(storage, STORAGE_AUTH[storage.protocol], context);
      checkServer(storage, context);
    },
    whenSound(['protocol', 'auth.type']),
  );

/** A storage as given. */
export type StorageRequest = z.output<typeof storageRequestSchema>;

/** `my-bucket.2026`: 3 to 63 of these characters (S3 User Guide, "Bucket naming rules"; older buckets have capitals). */
const BUCKET = /^[0-9A-Za-z][0-9A-Za-z._-]{1,61}[0-9A-Za-z]$/;

interface ServerBlock {
  readonly protocol: string;
  readonly container?: string | undefined;
  readonly tls?: boolean | undefined;
  readonly region?: string | undefined;
}

/** What only some storages have, or need. */
function checkServer({ protocol, container, tls, region }: ServerBlock, context: z.RefinementCtx): void {
  const problem = (field: string, message: string) => {
    context.addIssue({ code: 'custom', path: [field], message });
  };
  if (protocol === 'S3' && container === undefined)
    problem('container', 'is required for the protocol S3: the bucket');
  if (protocol === 'S3' && container !== undefined && !BUCKET.test(container)) {
    problem('container', 'expected a bucket: 3 to 63 letters, digits, dots, dashes and underscores');
  }
  if (region !== undefined && protocol !== 'S3')
    problem('region', `is only possible with S3, not with ${protocol}`);
  if (tls === undefined || protocol === 'S3' || protocol === 'FTP') return;
  problem('tls', `is only possible with S3 and FTP, not with ${protocol}; leave it out`);
}

interface Connection {
  readonly protocol: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly proxy?: unknown;
  readonly transport?: Transport | undefined;
  readonly auth: AuthRequest;
}

function checkConnection(
  connection: Connection,
  allowed: readonly AuthType[],
  context: z.RefinementCtx,
): void {
  const { protocol, auth, transport = 'BUILTIN' } = connection;
  const problem = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const isOpenSsh = transport === 'OPENSSH';
  if (isOpenSsh && protocol !== 'SSH' && protocol !== 'SFTP') {
    problem(['transport'], `OPENSSH is only possible with SSH and SFTP, not with ${protocol}; leave it out`);
  }
  const accepted = isOpenSsh ? OPENSSH_AUTH : allowed;
  if (!accepted.includes(auth.type)) {
    const way = isOpenSsh ? 'the transport OPENSSH' : `the protocol ${protocol}`;
    problem(['auth', 'type'], `expected ${accepted.join(' or ')} for ${way}, got ${auth.type}`);
  }
  if (isOpenSsh && accepted.includes(auth.type)) {
    for (const { field, message } of openSshProblems(auth)) problem(['auth', field], message);
  }
  if (protocol === 'LOCAL') return;
  if (connection.host === undefined) problem(['host'], `is required for the protocol ${protocol}`);
  if (connection.port === undefined) problem(['port'], `is required for the protocol ${protocol}`);
  if (connection.proxy !== undefined && protocol !== 'SSH' && protocol !== 'SFTP') {
    problem(['proxy'], `is only possible with SSH and SFTP, not with ${protocol}; leave it out`);
  }
}

/** What the configuration of the `ssh` program takes as a name: neither blanks nor its own signs. */
const OPENSSH_USER = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}$/;

/** Why the `ssh` program cannot use an authentication, by the field of it. */
export function openSshProblems({
  username,
  password,
  privateKey,
  publicKey,
}: AuthRequest): { readonly field: string; readonly message: string }[] {
  const problems: { field: string; message: string }[] = [];
  const problem = (field: string, message: string) => problems.push({ field, message });
  if (username === undefined) problem('username', 'is required for the transport OPENSSH');
  else if (!OPENSSH_USER.test(username)) {
    const message =
      'expected letters, digits, dots, pluses, dashes and underscores for the transport OPENSSH';
    problem('username', message);
  }
  if (password !== undefined && password !== '') {
    const message =
      'is not possible with the transport OPENSSH: it takes keys without a passphrase, or the type LOCAL with an agent that holds the key';
    problem('password', message);
  }
  if (privateKey !== undefined && !PEM.test(privateKey)) {
    problem('privateKey', 'expected a private key as ssh-keygen writes it');
  }
  if (publicKey !== undefined && !PUBLIC_KEY.test(publicKey)) {
    problem('publicKey', 'expected one line: the public key, or the certificate of it (the file …-cert.pub)');
  }
  return problems;
}

const PEM = /^\s*-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----\r?\n/;
/** ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQt… a comment */
const PUBLIC_KEY = /^\s*[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}(?:[ \t][^\r\n]*)?\s*$/;

/** The fields that an authentication needs and does not have. */
export function missingCredentials(auth: AuthRequest | undefined): string[] {
  // A credential server hands out the rest.
  if (auth === undefined || auth.server !== undefined) return [];
  const given: Readonly<Record<string, unknown>> = auth;
  return AUTH_NEEDS[auth.type].filter((field) => given[field] === undefined);
}
