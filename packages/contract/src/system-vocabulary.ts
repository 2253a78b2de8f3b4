// Words of systems and the rules among them, as data (spec: systems-apps-files 1.2).

/** The kinds of system. */
export const SYSTEM_TYPES = ['EXECUTION', 'STORAGE'] as const;
/** A kind of system. */
export type SystemType = (typeof SYSTEM_TYPES)[number];

/** Jobs run only on systems that are UP and available. */
export const SYSTEM_STATUSES = ['UP', 'DOWN', 'MAINTENANCE', 'UNKNOWN'] as const;

/** How programs run: by a batch scheduler, by Condor, or as processes. */
export const EXECUTION_TYPES = ['HPC', 'CONDOR', 'CLI'] as const;
/** How programs run on a system. */
export type ExecutionType = (typeof EXECUTION_TYPES)[number];

/** Every scheduler a system can be registered with. */
export const SCHEDULERS = [
  'FORK',
  'SLURM',
  'SGE',
  'PBS',
  'TORQUE',
  'MOAB',
  'LSF',
  'LOADLEVELER',
  'CONDOR',
  'CUSTOM_SLURM',
  'CUSTOM_GRIDENGINE',
  'CUSTOM_PBS',
  'CUSTOM_TORQUE',
  'CUSTOM_MOAB',
  'CUSTOM_LSF',
  'CUSTOM_LOADLEVELER',
  'CUSTOM_CONDOR',
] as const;
/** A scheduler. */
export type SchedulerName = (typeof SCHEDULERS)[number];

/** Other names of schedulers, found in the original's documentation. */
export const SCHEDULER_ALIASES = { CUSTOM_SGE: 'CUSTOM_GRIDENGINE' } as const satisfies Record<
  string,
  SchedulerName
>;

const CONDOR_SCHEDULERS: readonly SchedulerName[] = ['CONDOR', 'CUSTOM_CONDOR'];

/** The schedulers that a system of each execution type can have. */
export const SCHEDULERS_OF = {
  CLI: ['FORK'],
  CONDOR: CONDOR_SCHEDULERS,
  HPC: SCHEDULERS.filter((name) => name !== 'FORK' && !CONDOR_SCHEDULERS.includes(name)),
} as const satisfies Record<ExecutionType, readonly SchedulerName[]>;

/** The execution types of systems on which an app of each execution type can run. */
export const SYSTEMS_FOR_APPS = {
  HPC: ['HPC', 'CLI'],
  CONDOR: ['CONDOR'],
  CLI: ['CLI'],
} as const satisfies Record<ExecutionType, readonly ExecutionType[]>;

/** Ways to authenticate. */
export const AUTH_TYPES = [
  'PASSWORD',
  'SSHKEYS',
  'X509',
  'LOCAL',
  'TOKEN',
  'APIKEYS',
  'PAM',
  'ANONYMOUS',
  'KERBEROSE',
] as const;
/** A way to authenticate. */
export type AuthType = (typeof AUTH_TYPES)[number];

/** Ways to get programs onto a system. */
export const LOGIN_PROTOCOLS = ['SSH', 'GSISSH', 'LOCAL', 'API'] as const;
/** A way to get programs onto a system. */
export type LoginProtocol = (typeof LOGIN_PROTOCOLS)[number];

/** How one can authenticate by each login protocol. */
export const LOGIN_AUTH = {
  SSH: ['PASSWORD', 'SSHKEYS'],
  GSISSH: ['X509'],
  LOCAL: ['LOCAL'],
  API: ['PASSWORD', 'TOKEN'],
} as const satisfies Record<LoginProtocol, readonly AuthType[]>;

/**
 * Who enters a host over SSH: the service itself, or the `ssh` program of the service's host, for sites that want
 * certificates of users, hardware keys, agents or Kerberos.
 */
export const TRANSPORTS = ['BUILTIN', 'OPENSSH'] as const;
/** Who enters a host over SSH. */
export type Transport = (typeof TRANSPORTS)[number];

/** How one can authenticate by the `ssh` program. LOCAL: with what the service's own account has. */
export const OPENSSH_AUTH: readonly AuthType[] = ['SSHKEYS', 'LOCAL'];

/** Ways to reach the files of a system. */
export const STORAGE_PROTOCOLS = [
  'SFTP',
  'LOCAL',
  'GRIDFTP',
  'FTP',
  'IRODS',
  'IRODS4',
  'S3',
  'AZURE',
  'SWIFT',
  'HTTP',
  'HTTPS',
] as const;
/** A way to reach the files of a system. */
export type StorageProtocol = (typeof STORAGE_PROTOCOLS)[number];

/**
 * Words of descriptions that other services of the API export and this version cannot use, with what to do instead.
 * They are refused by name, whatever else a description lacks.
 */
export const UNSUPPORTED_PROTOCOLS: Readonly<Partial<Record<LoginProtocol | StorageProtocol, string>>> = {
  GSISSH: 'register the host with SSH and a key or a password',
  API: 'register the host with SSH and a key or a password',
  GRIDFTP: 'use SFTP to the same host',
  IRODS: 'use SFTP, FTP, HTTPS or S3 to the same data, if the site has one of them',
  IRODS4: 'use SFTP, FTP, HTTPS or S3 to the same data, if the site has one of them',
  AZURE: 'use S3 through a gateway in front of the container',
  SWIFT: 'use S3, which most object stores speak as well',
};

/** How one can authenticate by each storage protocol. */
export const STORAGE_AUTH = {
  SFTP: ['PASSWORD', 'SSHKEYS'],
  LOCAL: ['LOCAL'],
  GRIDFTP: ['X509'],
  FTP: ['PASSWORD', 'ANONYMOUS'],
  IRODS: ['PASSWORD', 'PAM', 'X509'],
  IRODS4: ['PASSWORD', 'PAM', 'X509'],
  S3: ['APIKEYS'],
  AZURE: ['APIKEYS'],
  SWIFT: ['APIKEYS', 'PASSWORD'],
  HTTP: ['ANONYMOUS', 'PASSWORD'],
  HTTPS: ['ANONYMOUS', 'PASSWORD'],
} as const satisfies Record<StorageProtocol, readonly AuthType[]>;

/** Protocols of storages whose files a shell on their host sees too: the ones jobs can work in. */
export const SHELL_STORAGE_PROTOCOLS: readonly StorageProtocol[] = ['SFTP', 'LOCAL'];

/** What each way of authenticating needs beside its type. The stored secrets are never shown again. */
export const AUTH_NEEDS = {
  PASSWORD: ['username', 'password'],
  SSHKEYS: ['username', 'privateKey'],
  X509: [],
  LOCAL: [],
  TOKEN: ['credential'],
  APIKEYS: ['publicKey', 'privateKey'],
  PAM: ['username', 'password'],
  ANONYMOUS: [],
  KERBEROSE: ['username'],
} as const satisfies Record<AuthType, readonly string[]>;

/** Protocols of servers that hand out credentials. */
export const CREDENTIAL_SERVER_PROTOCOLS = [
  'MYPROXY',
  'MPG',
  'OAUTH2',
  'OA4MP',
  'VOMS',
  'KERBEROSE',
  'NONE',
] as const;

/** From none to all rights. USER and every later one may run jobs. */
export const SYSTEM_ROLES = ['NONE', 'GUEST', 'USER', 'PUBLISHER', 'ADMIN', 'OWNER'] as const;
/** A role on a system. */
export type SystemRole = (typeof SYSTEM_ROLES)[number];

/** What can be asked of a system. */
export const SYSTEM_ACTIONS = [
  'enable',
  'disable',
  'publish',
  'unpublish',
  'setDefault',
  'unsetDefault',
  'setGlobalDefault',
  'unsetGlobalDefault',
  'clone',
  'erase',
] as const;

/** "Unlimited" in the fields that have no -1 (spec: systems-apps-files 1.3). */
export const UNLIMITED_JOBS = 2_147_483_647;

/** The queue limit that means no limit. */
export const NO_LIMIT = -1;

/** Longest run time a queue can allow, and its default. */
export const LONGEST_RUN_TIME = '999:59:59';
