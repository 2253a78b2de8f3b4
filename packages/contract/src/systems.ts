import { z } from 'zod';
import { linksSchema, timestampSchema } from './envelope.ts';
import { systemUuidSchema } from './ids.ts';
import { SYSTEM_PARTS, systemHealthSchema } from './system-health.ts';
import {
  AUTH_TYPES,
  CREDENTIAL_SERVER_PROTOCOLS,
  EXECUTION_TYPES,
  LOGIN_PROTOCOLS,
  SCHEDULERS,
  STORAGE_PROTOCOLS,
  SYSTEM_ROLES,
  SYSTEM_STATUSES,
  SYSTEM_TYPES,
  TRANSPORTS,
} from './system-vocabulary.ts';

/** What is shown of an authentication: its kind. Credentials are never shown (spec: systems-apps-files 1.3). */
const authViewSchema = z.object({
  type: z.enum(AUTH_TYPES),
  caCerts: z.string().optional(),
  server: z
    .object({
      name: z.string().nullable(),
      endpoint: z.string(),
      port: z.int().nullable(),
      protocol: z.enum(CREDENTIAL_SERVER_PROTOCOLS),
    })
    .optional(),
});

const proxyViewSchema = z.object({
  name: z.string().nullable(),
  host: z.string(),
  port: z.int(),
  hostKeys: z.array(z.string()).optional(),
});

const connection = {
  host: z.string().nullable(),
  port: z.int().nullable(),
  proxy: proxyViewSchema.nullable(),
  hostKeys: z.array(z.string()).optional().describe('Keys by which the host is known (SSH, SFTP).'),
  transport: z.enum(TRANSPORTS).optional().describe('Who enters the host (SSH, SFTP).'),
  auth: authViewSchema,
};

/** How jobs get onto a system. */
export const loginViewSchema = z.object({ ...connection, protocol: z.enum(LOGIN_PROTOCOLS) });

/** Where the files of a system are. */
export const storageViewSchema = z.object({
  ...connection,
  protocol: z.enum(STORAGE_PROTOCOLS),
  rootDir: z.string(),
  homeDir: z.string(),
  mirror: z.boolean(),
  zone: z.string().optional(),
  resource: z.string().optional(),
  container: z.string().optional(),
  region: z.string().optional(),
  tls: z.boolean().optional(),
  publicAppsDir: z.string().optional(),
});

/** A queue as shown. Limits: -1 means none; memory in GB. */
export const queueSchema = z.object({
  name: z.string(),
  default: z.boolean(),
  description: z.string().nullable(),
  mappedName: z.string().nullable(),
  maxJobs: z.int(),
  maxUserJobs: z.int(),
  maxNodes: z.int(),
  maxProcessorsPerNode: z.int(),
  maxRequestedTime: z.string(),
  maxMemoryPerNode: z.number(),
  customDirectives: z.string().nullable(),
});

/** A queue as shown. */
export type QueueView = z.infer<typeof queueSchema>;

/** What a system has to prove who it is for, without the proof itself. */
export const credentialSchema = z.object({
  connection: z.enum(['login', 'storage']),
  type: z.enum(AUTH_TYPES),
  username: z.string().nullable(),
  lastUpdated: timestampSchema,
  _links: linksSchema('self', 'system'),
});

/** What a system has to prove who it is for. */
export type CredentialView = z.infer<typeof credentialSchema>;

/** The steps of a check, in their order; each needs those before it. */
export const SYSTEM_CHECK_STEPS = {
  resolve: 'The name of the host has an address.',
  connect: 'The host answers at its port.',
  'host-key': 'The host shows the key by which it is known.',
  authenticate: 'The host lets the service in.',
  shell: 'The host runs commands with bash.',
  scheduler: 'The scheduler answers.',
  storage: 'The files of the system can be read.',
  write: 'Files can be written there.',
  scratch: 'The directory in which jobs work can be written.',
  link: 'Links are made atomically there, which starting a job exactly once rests on.',
} as const;

/** A step of a check. */
export type SystemCheckStep = keyof typeof SYSTEM_CHECK_STEPS;

/** What one step of a check showed. */
export const systemCheckSchema = z.object({
  step: z.enum(Object.keys(SYSTEM_CHECK_STEPS) as [SystemCheckStep, ...SystemCheckStep[]]),
  part: z.enum(SYSTEM_PARTS).describe('What of the system the step looks at.'),
  result: z
    .enum(['ok', 'failed', 'skipped'])
    .describe('skipped: an earlier step failed, or it is not needed here.'),
  milliseconds: z.number(),
  message: z.string(),
  fix: z.string().optional().describe('What to do about a failure.'),
});

/** What one step of a check showed. */
export type SystemCheck = z.infer<typeof systemCheckSchema>;

const health = systemHealthSchema
  .optional()
  .describe('How it answers, in what is shown and listed; `status` is what it was registered with.');

const systemLinks = linksSchema('self', 'roles', 'owner', 'credentials', 'history', 'metadata');

const common = {
  id: z.string(),
  uuid: systemUuidSchema,
  name: z.string(),
  status: z.enum(SYSTEM_STATUSES),
  available: z.boolean(),
  description: z.string().nullable(),
  site: z.string().nullable(),
  revision: z.int(),
  public: z.boolean(),
  globalDefault: z.boolean(),
  default: z.boolean().describe("True for the caller's default system of its type."),
  lastModified: timestampSchema,
  owner: z.string(),
  health,
  storage: storageViewSchema,
  _links: systemLinks,
};

/** An execution system as shown. */
export const executionSystemSchema = z.object({
  ...common,
  type: z.literal('EXECUTION'),
  executionType: z.enum(EXECUTION_TYPES),
  scheduler: z.enum(SCHEDULERS),
  environment: z.string().nullable(),
  startupScript: z.string().nullable(),
  maxSystemJobs: z.int(),
  maxSystemJobsPerUser: z.int(),
  workDir: z.string(),
  scratchDir: z.string(),
  queues: z.array(queueSchema),
  login: loginViewSchema,
});

/** A storage system as shown. */
export const storageSystemSchema = z.object({ ...common, type: z.literal('STORAGE') });

/** A system as shown: one of the two kinds by `type`. */
export const systemSchema = z.discriminatedUnion('type', [executionSystemSchema, storageSystemSchema]);

/** A system as shown. */
export type SystemView = z.infer<typeof systemSchema>;
/** An execution system as shown. */
export type ExecutionSystemView = z.infer<typeof executionSystemSchema>;
/** A storage system as shown. */
export type StorageSystemView = z.infer<typeof storageSystemSchema>;

/** One row of a system listing. */
export const systemSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(SYSTEM_TYPES),
  description: z.string().nullable(),
  status: z.enum(SYSTEM_STATUSES),
  available: z.boolean(),
  public: z.boolean(),
  default: z.boolean(),
  owner: z.string(),
  health,
  lastModified: timestampSchema,
  _links: linksSchema('self'),
});

/** One row of a system listing. */
export type SystemSummary = z.infer<typeof systemSummarySchema>;

/** The role of one user on a system. */
export const systemRoleSchema = z.object({
  username: z.string(),
  role: z.enum(SYSTEM_ROLES),
  _links: linksSchema('self', 'parent', 'profile'),
});

/** The role of one user on a system. */
export type SystemRoleView = z.infer<typeof systemRoleSchema>;
