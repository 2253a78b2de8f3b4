import { z } from 'zod';
import { queueNameSchema, systemIdSchema } from './names.ts';
import { whenSound } from './parse-body.ts';
import { count, flag, limit, line, memoryLimit, runTime, text, word } from './scalars.ts';
import {
  loginRequestSchema,
  missingCredentials,
  NO_DOT_DOT,
  storageRequestSchema,
} from './system-connections.ts';
import {
  EXECUTION_TYPES,
  LONGEST_RUN_TIME,
  NO_LIMIT,
  SCHEDULER_ALIASES,
  SCHEDULERS,
  SCHEDULERS_OF,
  SHELL_STORAGE_PROTOCOLS,
  SYSTEM_ACTIONS,
  SYSTEM_ROLES,
  SYSTEM_STATUSES,
  SYSTEM_TYPES,
  UNLIMITED_JOBS,
  UNSUPPORTED_PROTOCOLS,
} from './system-vocabulary.ts';

/** Ids that mean something else in `agave://` addresses. */
const RESERVED_IDS: readonly string[] = ['jobs'];

/** A queue of an execution system as given. Limits: -1 means none. */
export const queueRequestSchema = z
  .object({
    name: queueNameSchema,
    mappedName: queueNameSchema
      .nullable()
      .default(null)
      .describe('Name in the directive. Default: the name.'),
    description: text({ what: 'a description', max: 512 }).nullable().default(null),
    maxJobs: limit().default(NO_LIMIT),
    maxUserJobs: limit().default(NO_LIMIT),
    maxNodes: limit().default(NO_LIMIT),
    maxProcessorsPerNode: limit().default(NO_LIMIT),
    maxMemoryPerNode: memoryLimit().default(NO_LIMIT).describe('In GB.'),
    maxRequestedTime: runTime().default(LONGEST_RUN_TIME),
    customDirectives: text({ what: 'scheduler directives', max: 16_384 }).nullable().default(null),
    default: flag().default(false),
  })
  .superRefine(
    ({ maxJobs, maxUserJobs }, context) => {
      if (maxJobs === NO_LIMIT || maxUserJobs <= maxJobs) return;
      const message = `expected at most maxJobs (${maxJobs}), got ${maxUserJobs}`;
      context.addIssue({ code: 'custom', path: ['maxUserJobs'], message });
    },
    whenSound(['maxJobs', 'maxUserJobs']),
  );

/** A queue as given. */
export type QueueRequest = z.output<typeof queueRequestSchema>;

/** Relative to rootDir when it begins with a slash, else to homeDir; ends in a slash unless empty. */
const workDirectory = line({
  what: 'a directory',
  max: 255,
  min: 0,
  pattern: NO_DOT_DOT,
  hint: 'without .. parts',
})
  .transform((path) => (path === '' || path.endsWith('/') ? path : `${path}/`))
  .default('');

const fields = z.object({
  id: systemIdSchema
    .refine((id) => !RESERVED_IDS.includes(id), { error: 'is reserved; choose another id' })
    .describe('Unique; ids of deleted systems are not given out again.'),
  name: line({ what: 'the name of the system', max: 64 }),
  type: word(SYSTEM_TYPES),
  description: text({ what: 'a description', max: 4096 }).nullable().default(null),
  site: line({ what: 'the name of a site', max: 64 }).nullable().default(null),
  available: flag().default(true),
  status: word(SYSTEM_STATUSES).default('UP'),
  storage: storageRequestSchema,
  executionType: word(EXECUTION_TYPES).optional().describe('Needed for EXECUTION.'),
  scheduler: word(SCHEDULERS, SCHEDULER_ALIASES)
    .optional()
    .describe('Needed for HPC and CONDOR; FORK for CLI.'),
  environment: text({ what: 'shell text', max: 16_384 }).nullable().default(null),
  startupScript: line({ what: 'the path of a script', max: 255 }).nullable().default(null),
  workDir: workDirectory,
  scratchDir: workDirectory,
  maxSystemJobs: count().default(UNLIMITED_JOBS),
  maxSystemJobsPerUser: count().default(UNLIMITED_JOBS),
  queues: z.array(queueRequestSchema).max(200, { error: 'expected at most 200 queues' }).default([]),
  login: loginRequestSchema.optional().describe('Needed for EXECUTION.'),
});

type Fields = z.output<typeof fields>;

/** A system as given, for creation. Fields of execution systems are ignored on storage systems. */
export const systemRequestSchema = fields
  .superRefine(
    ({ storage }, context) => checkCredentials('storage', storage, context),
    whenSound(['storage.auth']),
  )
  .superRefine(
    ({ type, login }, context) => {
      if (type === 'EXECUTION') checkCredentials('login', login, context);
    },
    whenSound(['type', 'login.auth']),
  )
  .superRefine(checkExecution, whenSound(['type', 'executionType', 'scheduler']))
  .superRefine(checkQueueNames, whenSound(['queues.*.name']))
  .transform(settle);

/**
 * A system as given, for an update: the whole description, in which the id may be left out, and the secrets too:
 * those stored stay in force.
 */
export const systemUpdateSchema = fields
  .extend({ id: fields.shape.id.optional() })
  .superRefine(checkExecution, whenSound(['type', 'executionType', 'scheduler']))
  .superRefine(checkQueueNames, whenSound(['queues.*.name']))
  .transform(settle);

function checkExecution(system: Omit<Fields, 'id'>, context: z.RefinementCtx): void {
  if (system.type !== 'EXECUTION') return;
  const { executionType, scheduler, login, storage } = system;
  const problem = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message });
  // Absent when it has problems of its own.
  if (storage !== undefined && !SHELL_STORAGE_PROTOCOLS.includes(storage.protocol)) {
    const message = `expected ${SHELL_STORAGE_PROTOCOLS.join(' or ')} for an execution system, whose programs work with its files, got ${storage.protocol}; register it as a system of the type STORAGE`;
    context.addIssue({ code: 'custom', path: ['storage', 'protocol'], message });
  }
  if (login === undefined) problem('login', 'is required for an execution system');
  if (executionType === undefined) {
    problem('executionType', `is required for an execution system: one of ${EXECUTION_TYPES.join(', ')}`);
    return;
  }
  const allowed: readonly string[] = SCHEDULERS_OF[executionType];
  const chosen = scheduler ?? (executionType === 'CLI' ? 'FORK' : undefined);
  if (chosen === undefined)
    problem('scheduler', `is required for ${executionType}: one of ${allowed.join(', ')}`);
  else if (!allowed.includes(chosen)) {
    problem('scheduler', `expected one of ${allowed.join(', ')} for ${executionType}, got ${chosen}`);
  }
}

function checkCredentials(
  name: 'storage' | 'login',
  connection: Fields['storage'] | Fields['login'],
  context: z.RefinementCtx,
): void {
  if (connection !== undefined && UNSUPPORTED_PROTOCOLS[connection.protocol] !== undefined) return;
  for (const field of missingCredentials(connection?.auth)) {
    const message = `is required for the authentication ${connection?.auth.type}; no service shows it again, so that exported descriptions need it added`;
    context.addIssue({ code: 'custom', path: [name, 'auth', field], message });
  }
}

function checkQueueNames({ queues }: Pick<Fields, 'queues'>, context: z.RefinementCtx): void {
  for (const [index, { name }] of queues.entries()) {
    if (queues.findIndex((queue) => queue.name === name) === index) continue;
    context.addIssue({
      code: 'custom',
      path: ['queues', index, 'name'],
      message: `is the name of another queue: ${name}`,
    });
  }
}

/** Turns the checked fields into one of the two kinds of system. */
function settle<Given extends Omit<Fields, 'id'>>(system: Given) {
  const { type, executionType, scheduler, login, queues, workDir, scratchDir, environment, ...rest } = system;
  const { startupScript, maxSystemJobs, maxSystemJobsPerUser, ...common } = rest;
  if (type === 'STORAGE') return { ...common, type };
  // The checks above let no execution system through without these two.
  if (executionType === undefined || login === undefined) throw new Error('unchecked execution system');
  return {
    ...common,
    type,
    executionType,
    scheduler: scheduler ?? 'FORK',
    login,
    queues: withOneDefault(queues.length === 0 && executionType === 'CLI' ? [IMPLICIT_QUEUE] : queues),
    workDir,
    scratchDir,
    environment,
    startupScript,
    maxSystemJobs,
    maxSystemJobsPerUser,
  };
}

/** The queue of a CLI system that declares none (spec: jobs 3). */
export const IMPLICIT_QUEUE: QueueRequest = queueRequestSchema.parse({ name: 'default', default: true });

/** The last queue marked as default wins; without a mark it is the first. */
function withOneDefault(queues: readonly QueueRequest[]): QueueRequest[] {
  const chosen = Math.max(
    0,
    queues.findLastIndex((queue) => queue.default),
  );
  return queues.map((queue, index) => ({ ...queue, default: index === chosen }));
}

/** What to send: the schema's input. */
export type SystemRequestBody = z.input<typeof systemRequestSchema>;

/** A system as given, parsed: an execution system or a storage system by `type`. */
export type SystemRequest = z.output<typeof systemRequestSchema>;

/** An update as given, parsed. */
export type SystemUpdate = z.output<typeof systemUpdateSchema>;

/** Body of an action on a system. `id` is read for clones only. */
export const systemActionRequestSchema = z
  .object({ action: word(SYSTEM_ACTIONS), id: fields.shape.id.optional().describe('Id of the clone.') })
  .superRefine(
    ({ action, id }, context) => {
      if (action !== 'clone' || id !== undefined) return;
      context.addIssue({ code: 'custom', path: ['id'], message: 'is required: the id of the clone' });
    },
    whenSound(['action', 'id']),
  );

/** Body of a grant. NONE takes the role away. */
export const roleRequestSchema = z.object({
  username: line({ what: 'the name of a user', max: 32 }),
  role: word(SYSTEM_ROLES),
});

/** Body of a grant for the user of the address. */
export const userRoleRequestSchema = roleRequestSchema.partial({ username: true });

/** A grant, parsed. */
export type RoleRequest = z.output<typeof roleRequestSchema>;
