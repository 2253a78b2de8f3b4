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
  STORAGE_AUTH,
  STORAGE_PROTOCOLS,
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
      container: line({ what: 'a container or bucket', max: 255 }).optional(),
      publicAppsDir: directory('a directory').optional(),
    },
    { error: expected('an object with protocol, host, port and auth') },
  )
  .superRefine(
    (storage, context) => {
      checkConnection(storage, STORAGE_AUTH[storage.protocol], context);
    },
    whenSound(['protocol', 'auth.type']),
  );

/** A storage as given. */
export type StorageRequest = z.output<typeof storageRequestSchema>;

interface Connection {
  readonly protocol: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly proxy?: unknown;
  readonly auth: AuthRequest;
}

function checkConnection(
  connection: Connection,
  allowed: readonly AuthType[],
  context: z.RefinementCtx,
): void {
  const { protocol, auth } = connection;
  const problem = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (!allowed.includes(auth.type)) {
    problem(
      ['auth', 'type'],
      `expected ${allowed.join(' or ')} for the protocol ${protocol}, got ${auth.type}`,
    );
  }
  if (protocol === 'LOCAL') return;
  if (connection.host === undefined) problem(['host'], `is required for the protocol ${protocol}`);
  if (connection.port === undefined) problem(['port'], `is required for the protocol ${protocol}`);
  if (connection.proxy !== undefined && protocol !== 'SSH' && protocol !== 'SFTP') {
    problem(['proxy'], `is only possible with SSH and SFTP, not with ${protocol}; leave it out`);
  }
}

/** The fields that an authentication needs and does not have. */
export function missingCredentials(auth: AuthRequest | undefined): string[] {
  // A credential server hands out the rest.
  if (auth === undefined || auth.server !== undefined) return [];
  const given: Readonly<Record<string, unknown>> = auth;
  return AUTH_NEEDS[auth.type].filter((field) => given[field] === undefined);
}
