import { z } from 'zod';
import { expected } from './expectation.ts';
import { appIdSchema, queueNameSchema, systemIdSchema } from './names.ts';
import { bodyRules, type Parsed, parseBody, whenSound } from './parse-body.ts';
import { count, flag, isStorable, line, refuse, requestedMemory, runTime } from './scalars.ts';
import {
  notificationUrlSchema,
  subscriptionRequestSchema,
  subscriptionsOfCallback,
} from './subscriptions.ts';

/** A value of a parameter. */
export type Scalar = string | number | boolean;

/** One value or several. */
export type ScalarOrList = Scalar | readonly Scalar[];

/** Serialised inputs and serialised parameters may each be this long (spec: jobs 2.1). */
const VALUES_MAX = 16_384;

const inputValueSchema = z.union([z.string(), z.array(z.union([z.string(), z.null()]))], {
  error: expected('a path or URL (text), or a list of them'),
});

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);
const parameterValueSchema = z.union([scalarSchema, z.null(), z.array(z.union([scalarSchema, z.null()]))], {
  error: expected('a text, a number, true or false, or a list of them'),
});

/** An object of values by id, in which every text can be passed on byte for byte. */
function valuesById<Value extends z.ZodType>(value: Value, what: string) {
  return z
    .record(z.string(), value, { error: expected(`an object of ${what} by id`) })
    .default({})
    .superRefine((values, context) => {
      for (const [id, item] of Object.entries(values)) {
        if (isStorableId(id) && isStorableValue(item)) continue;
        context.addIssue({
          code: 'custom',
          path: [id],
          message: 'expected text without NUL characters; remove them',
        });
      }
      if (JSON.stringify(values).length > VALUES_MAX) {
        refuse(
          context,
          `expected at most ${VALUES_MAX} characters of JSON; put long data in a file and name it as an input`,
        );
      }
    });
}

/** A job request. Fields beside the known ones are kept in `topLevel`: forms give inputs and parameters that way. */
export const jobRequestSchema = z
  .looseObject({
    name: line({ what: 'the name of the job', max: 64 }).describe('Name of the job.'),
    appId: appIdSchema.describe('Id of the app to run.'),
    executionSystem: systemIdSchema.optional().describe("System to run on. Default: the app's."),
    batchQueue: queueNameSchema.optional().describe("Queue. Default: the app's, else the best fit."),
    nodeCount: count().optional().describe("Nodes. Default: the app's, else 1."),
    processorsPerNode: count().optional().describe("Processors on each node. Default: the app's, else 1."),
    memoryPerNode: requestedMemory()
      .optional()
      .describe("Memory on each node in GB. Default: the app's, else the queue's."),
    maxRunTime: runTime().optional().describe("Longest run time. Default: the app's, else the queue's."),
    archive: flag().default(true).describe('Copy the output to the archive system when the job has run.'),
    archiveSystem: systemIdSchema.optional().describe('Default: your default storage system.'),
    archivePath: line({ what: 'a path on the archive system', max: 255 })
      .optional()
      .describe('Where to archive.'),
    archiveOnAppError: flag().default(false).describe('Archive although the program failed.'),
    inputs: valuesById(inputValueSchema, 'paths or URLs').describe('Input files by the id of the input.'),
    parameters: valuesById(parameterValueSchema, 'values').describe('Values by the id of the parameter.'),
    notifications: z
      .array(subscriptionRequestSchema, {
        error: expected('a list of subscriptions, or one URL or e-mail address'),
      })
      .max(100, { error: 'expected at most 100 subscriptions; subscribe to * instead of each event' })
      .optional()
      .describe('Who is told about which events. One URL or e-mail address means the same as callbackUrl.'),
    callbackUrl: notificationUrlSchema
      .optional()
      .describe('Told once when the job is FINISHED, FAILED or STOPPED.'),
    dependencies: z.unknown().optional().describe('Not supported.'),
  })
  .superRefine(
    (request, context) => {
      if (request.dependencies === undefined) return;
      const message =
        'jobs that depend on others are not supported; leave this field out and submit the job when the others have ended';
      context.addIssue({ code: 'custom', path: ['dependencies'], message });
    },
    whenSound(['dependencies']),
  )
  .superRefine((request, context) => {
    for (const id of Object.keys(topLevelValues(request))) {
      if (isStorableId(id) && isStorableValue(request[id])) continue;
      context.addIssue({
        code: 'custom',
        path: [id],
        message: 'expected text without NUL characters; remove them',
      });
    }
  }, whenSound([]))
  .transform((request) => {
    const { callbackUrl, notifications, dependencies: _, ...rest } = request;
    const { name, appId, executionSystem, batchQueue, nodeCount, processorsPerNode, memoryPerNode, ...more } =
      rest;
    const { maxRunTime, archive, archiveSystem, archivePath, archiveOnAppError, inputs, parameters } = more;
    return {
      name,
      appId,
      executionSystem,
      batchQueue,
      nodeCount,
      processorsPerNode,
      memoryPerNode,
      maxRunTime,
      archive,
      archiveSystem,
      archivePath,
      archiveOnAppError,
      inputs,
      parameters,
      topLevel: topLevelValues(request),
      // When both are given only `notifications` count (spec: jobs 2.1).
      notifications: notifications ?? (callbackUrl === undefined ? [] : subscriptionsOfCallback(callbackUrl)),
    };
  });

const jobFields = jobRequestSchema.def.in;

bodyRules.add(jobFields, {
  aliases: {
    jobName: 'name',
    softwareName: 'appId',
    executionHost: 'executionSystem',
    queue: 'batchQueue',
    processorCount: 'processorsPerNode',
    processorsOnEachNode: 'processorsPerNode',
    maxMemory: 'memoryPerNode',
    requestedTime: 'maxRunTime',
    callbackURL: 'callbackUrl',
  },
  textMeans: { notifications: 'callbackUrl' },
});

/** What to send: the schema's input. */
export type JobRequestBody = z.input<typeof jobRequestSchema>;

/**
 * A job request after parsing. Fields that were left out are undefined, because their defaults depend on app and
 * system. The value of an app's input or parameter is to be sought in `inputs`, `parameters` and `topLevel`, in this
 * order: the original flattens all three into one.
 */
export type JobRequest = z.output<typeof jobRequestSchema>;

/** Reads a JSON or form body as a job request; reports all problems at once. Rules: {@link parseBody}. */
export function parseJobRequest(body: unknown): Parsed<JobRequest> {
  return parseBody(jobRequestSchema, body);
}

/**
 * The values given for one input or parameter, as a list: one text is split at `;`, null and blank entries are
 * dropped (spec: jobs 2.2).
 */
export function listValues(value: ScalarOrList | null | readonly (Scalar | null)[]): Scalar[] {
  const items =
    typeof value === 'string' ? value.split(';') : Array.isArray(value) ? value : [value as Scalar | null];
  return items.filter(
    (item): item is Scalar => item !== null && !(typeof item === 'string' && item.trim() === ''),
  );
}

/** Unknown fields whose values could be an input's or a parameter's; all others are ignored. */
function topLevelValues(request: Readonly<Record<string, unknown>>): Record<string, ScalarOrList> {
  const unknown = Object.entries(request).filter(([key]) => !(key in jobFields.shape));
  return Object.fromEntries(
    unknown.filter((entry): entry is [string, ScalarOrList] => isScalarOrList(entry[1])),
  );
}

function isScalarOrList(value: unknown): value is ScalarOrList {
  return (
    scalarSchema.safeParse(value).success ||
    (Array.isArray(value) && value.every((item) => scalarSchema.safeParse(item).success))
  );
}

function isStorableId(id: string): boolean {
  return isStorable(id) && id.length <= 255;
}

function isStorableValue(value: unknown): boolean {
  const items = Array.isArray(value) ? value : [value];
  return items.every((item) => typeof item !== 'string' || isStorable(item));
}
