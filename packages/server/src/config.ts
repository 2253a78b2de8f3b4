import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  adminToken,
  archiveCheck,
  duration,
  integer,
  issuer,
  LOG_LEVELS,
  list,
  logLevel,
  optionalSize,
  optionalText,
  publicUrl,
  roles,
  serviceKey,
  size,
  text,
  timeZone,
} from './setting-parsers.ts';

/** One setting: its name in the environment, its default, and what it does. */
interface Setting<Value> {
  readonly default: string;
  readonly description: string;
  /** Throws with what was expected. */
  readonly parse: (text: string) => Value;
}

/** Every setting, its default and its meaning; docs/reference/settings.md is made from this table. */
export const SETTINGS = {
  ARRAS_DATA_DIR: {
    default: '',
    description:
      'Directory of the embedded database, secrets and logs. Default: `/var/lib/arras` for root, else `$XDG_DATA_HOME/arras` or `~/.local/share/arras`.',
    parse: text,
  },
  ARRAS_HOST: { default: '127.0.0.1', description: 'Address to listen on.', parse: text },
  ARRAS_PORT: {
    default: '8383',
    description: 'Port to listen on; 0 takes a free one.',
    parse: integer(0, 65_535),
  },
  ARRAS_PUBLIC_URL: {
    default: '',
    description:
      'Address under which clients reach the service: the base of every link. Default: the listening address.',
    parse: publicUrl,
  },
  ARRAS_TLS_CERT: {
    default: '',
    description:
      'File with the certificate and its chain in PEM: the service then speaks HTTPS. Replaced files are used within a minute.',
    parse: optionalText,
  },
  ARRAS_TLS_KEY: {
    default: '',
    description: 'File with the key of the certificate in PEM.',
    parse: optionalText,
  },
  DATABASE_URL: {
    default: '',
    description:
      'A PostgreSQL server, version 15 or newer. Without it the service starts its own in the data directory.',
    parse: optionalText,
  },
  ARRAS_DATABASE_CONNECTIONS: {
    default: '20',
    description: 'Connections this process may hold; some are for listening alone.',
    parse: integer(8, 500),
  },
  ARRAS_ADMIN_USERNAME: {
    default: 'admin',
    description: 'Name of the administrator made at the first start.',
    parse: text,
  },
  ARRAS_ADMIN_PASSWORD: {
    default: '',
    description: 'Password of the administrator. Set at every start at which it is given.',
    parse: optionalText,
  },
  ARRAS_ADMIN_TOKEN: {
    default: '',
    description:
      'A bearer token of the administrator, at least 32 characters. Without it one is made at the first start and written to `admin-token` in the data directory.',
    parse: adminToken,
  },
  ARRAS_SESSION_LIFETIME: {
    default: '12h',
    description: 'Time after which somebody who signed in with a browser has to do so again.',
    parse: duration,
  },
  ARRAS_OIDC_ISSUER: {
    default: '',
    description:
      'Address of an OpenID provider whose users may sign in, exactly as its tokens name it. A private address has to be in `ARRAS_EGRESS_ALLOW`.',
    parse: issuer,
  },
  ARRAS_OIDC_CLIENT_ID: {
    default: '',
    description:
      'What this service is to the provider. With it people sign in there with their browser; the provider must know the address `/sessions/v2/oidc/callback` of the service.',
    parse: optionalText,
  },
  ARRAS_OIDC_CLIENT_SECRET: {
    default: '',
    description: 'Secret of the client. Without it the service is a public client.',
    parse: optionalText,
  },
  ARRAS_OIDC_AUDIENCE: {
    default: '',
    description:
      'Audience that bearer tokens of the provider must be meant for. Default: the id of the client.',
    parse: optionalText,
  },
  ARRAS_OIDC_USERNAME_CLAIM: {
    default: 'preferred_username',
    description: 'Claim that names a user at the first time: lower-case letters, digits and `. _ -`.',
    parse: text,
  },
  ARRAS_OIDC_ADMIN_CLAIM: {
    default: '',
    description:
      'Claim that makes administrators, such as `groups` or `realm_access.roles`: whoever signs in is one if it holds the value below, and else is none. Without it the provider does not say who is one.',
    parse: optionalText,
  },
  ARRAS_OIDC_ADMIN_VALUE: {
    default: 'arras-admin',
    description: 'Value that makes an administrator.',
    parse: text,
  },
  ARRAS_OIDC_NAME: {
    default: '',
    description: 'What people call the provider, on the button of the sign-in page. Default: its host.',
    parse: optionalText,
  },
  ARRAS_ROLES: {
    default: 'api,worker',
    description:
      'What this process does: `api` answers requests, `worker` runs jobs. Several processes may share one database.',
    parse: roles,
  },
  ARRAS_TENANT: {
    default: 'arras',
    description: 'Name of this deployment in job objects and channels.',
    parse: text,
  },
  ARRAS_TIMEZONE: { default: 'UTC', description: 'Zone in which times are written.', parse: timeZone },
  ARRAS_SERVICE_KEY: {
    default: '',
    description:
      'Key of 32 bytes in base64 under which secrets are sealed. Without it one is made at the first start and kept in the data directory, or in the database of `DATABASE_URL`.',
    parse: serviceKey,
  },
  ARRAS_EGRESS_ALLOW: {
    default: '',
    description:
      'Comma-separated CIDR ranges that webhooks, inputs at addresses and systems of users may reach although they are private, such as `10.20.0.0/16,127.0.0.0/8`.',
    parse: list,
  },
  ARRAS_SSH_CONFIG: {
    default: '',
    description:
      'The ssh_config(5) file by which the ssh program enters systems with the transport OPENSSH and the authentication LOCAL. Default: `~/.ssh/config` of the account that the service runs as.',
    parse: optionalText,
  },
  ARRAS_SMTP_URL: {
    default: '',
    description:
      'Mail server for e-mail notifications, such as `smtps://user:password@mail.example.org`. Without it no mail is sent.',
    parse: optionalText,
  },
  ARRAS_MAIL_FROM: {
    default: '',
    description:
      'Sender of mails, such as `Arras <arras@example.org>`. Default: `arras@` and the name of the host.',
    parse: optionalText,
  },
  ARRAS_LOG_LEVEL: { default: 'info', description: `One of ${LOG_LEVELS.join(', ')}.`, parse: logLevel },
  ARRAS_POLLING_CACHE: {
    default: '64MiB',
    description:
      'Memory, about, for copies of jobs and lists that are polled: some 5 KiB for each job. The least recently asked for go first.',
    parse: size,
  },
  ARRAS_MAX_CONNECTIONS: {
    default: '16000',
    description:
      'Connections that this process accepts at the same time; each stream is one. The limit of open files (`ulimit -n`) must be higher by 1000.',
    parse: integer(10, 1_000_000),
  },
  ARRAS_STREAMS_PER_USER: {
    default: '1000',
    description:
      'Streams a user may have open in this process; an administrator ten times as many. A WebSocket counts as one, and so does each channel on it.',
    parse: integer(1, 1_000_000),
  },
  ARRAS_STREAM_RETENTION: {
    default: '7d',
    description:
      'How far back streams of many jobs can be resumed. Streams of one job reach back to its first event.',
    parse: duration,
  },
  ARRAS_CONTROL_TASKS: {
    default: '8',
    description: 'Decisions about jobs that this process takes at the same time.',
    parse: integer(1, 200),
  },
  ARRAS_SUBMIT_TASKS: {
    default: '100',
    description:
      'Jobs that this process starts at the same time. Up to 50 of them go together in one command of a remote system.',
    parse: integer(1, 1_000),
  },
  ARRAS_DATA_TASKS: {
    default: '6',
    description: 'Jobs whose data this process moves at the same time.',
    parse: integer(1, 200),
  },
  ARRAS_FILE_TASKS: {
    default: '4',
    description: 'Imports and copies of the Files API that this process makes at the same time.',
    parse: integer(1, 200),
  },
  ARRAS_TRANSFERS_PER_SYSTEM: {
    default: '8',
    description:
      'Transfers of data, each an input or the output of a job, that this process has at the same time with one system. Further ones wait, and their jobs say so.',
    parse: integer(1, 1_000),
  },
  ARRAS_TRANSFER_STALLED: {
    default: '60s',
    description: 'Time without a byte after which a transfer is called stalled in the history.',
    parse: duration,
  },
  ARRAS_TRANSFER_GIVE_UP: {
    default: '15m',
    description:
      'Time without a byte after which a transfer is broken off; it is gone on with later, which costs the job no attempt.',
    parse: duration,
  },
  ARRAS_ARCHIVE_VERIFY: {
    default: 'hash',
    description:
      'How an archive is checked before the work directory is removed: `hash` reads every byte of it back, `size` compares sizes only. Choose `size` where reading back costs too much, such as from an object store that charges for it.',
    parse: archiveCheck,
  },
  ARRAS_MONITOR_INTERVAL: {
    default: '5s',
    description:
      'Time between two looks at all programs of a system, give or take a tenth; three times as long when none of its jobs has changed for six looks. Ends are noticed earlier through exit markers.',
    parse: duration,
  },
  ARRAS_STOP_GRACE: {
    default: '10s',
    description: 'Time a stopped program has to end before it is killed.',
    parse: duration,
  },
  ARRAS_STAGING_LIMIT: {
    default: '7d',
    description: 'Longest time a job may wait for its inputs; then it fails.',
    parse: duration,
  },
  ARRAS_SUBMISSION_LIMIT: {
    default: '30d',
    description: 'Longest time a job may wait to be started; then it fails.',
    parse: duration,
  },
  ARRAS_UPLOAD_LIMIT: {
    default: '',
    description: 'Largest file that can be uploaded, such as `50GiB`. Default: any that the storage takes.',
    parse: optionalSize,
  },
  ARRAS_ARCHIVING_LIMIT: {
    default: '7d',
    description: 'Longest time archiving may take; then the job fails.',
    parse: duration,
  },
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;

/** Values of all settings. */
export type Config = { readonly [Name in SettingName]: ReturnType<(typeof SETTINGS)[Name]['parse']> };

/** A setting that cannot be used. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads all settings; names every wrong one at once. Values are never repeated: they may be secrets. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, setting] of Object.entries(SETTINGS)) {
    try {
      values[name] = setting.parse(environment[name] || setting.default);
    } catch (error) {
      problems.push(`${name}: expected ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if ((values['ARRAS_TLS_CERT'] === null) !== (values['ARRAS_TLS_KEY'] === null)) {
    problems.push('ARRAS_TLS_CERT, ARRAS_TLS_KEY: expected both or none');
  }
  if (values['ARRAS_OIDC_ISSUER'] && !values['ARRAS_OIDC_CLIENT_ID'] && !values['ARRAS_OIDC_AUDIENCE']) {
    problems.push('ARRAS_OIDC_ISSUER: expected ARRAS_OIDC_CLIENT_ID or ARRAS_OIDC_AUDIENCE beside it');
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  // Every name of SETTINGS has been parsed by its own parser just above.
  const config = values as Config;
  return { ...config, ARRAS_DATA_DIR: config.ARRAS_DATA_DIR || defaultDataDirectory(environment) };
}

function defaultDataDirectory(environment: NodeJS.ProcessEnv): string {
  if (process.getuid?.() === 0) return '/var/lib/arras';
  return join(environment['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'arras');
}
