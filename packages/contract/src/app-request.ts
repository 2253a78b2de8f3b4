import { z } from 'zod';
import {
  inputDefinitionSchema,
  outputDefinitionSchema,
  parameterDefinitionSchema,
} from './app-definitions.ts';
import { queueNameSchema, systemIdSchema } from './names.ts';
import { bodyRules, whenSound } from './parse-body.ts';
import { count, flag, limit, line, memoryLimit, runTime, text, word } from './scalars.ts';
import { NO_DOT_DOT } from './system-connections.ts';
import { EXECUTION_TYPES, NO_LIMIT } from './system-vocabulary.ts';

/** How an app uses processors. */
export const PARALLELISMS = ['SERIAL', 'PARALLEL', 'PTHREAD'] as const;

/** What can be asked of an app. */
export const APP_ACTIONS = ['enable', 'disable', 'publish', 'unpublish', 'clone', 'erase'] as const;

const appNameSchema = line({
  what: 'the name of an app',
  max: 64,
  pattern: /^[0-9a-zA-Z_(][0-9a-zA-Z.\-_()]*$/,
  hint: 'of letters, digits and . - _ ( )',
});

const versionSchema = line({
  what: 'a version',
  max: 16,
  pattern: /^[0-9]+(\.[0-9]+)+$/,
  hint: 'such as 0.1.0',
});

const path = (what: string) => line({ what, max: 255, pattern: NO_DOT_DOT, hint: 'without .. parts' });
const words = (what: string) =>
  z
    .array(line({ what, max: 255 }))
    .max(100)
    .default([]);

/** An app as given (spec: systems-apps-files 2.2). Its id is `name-version`. */
export const appRequestSchema = z
  .object({
    name: appNameSchema,
    version: versionSchema,
    label: line({ what: 'a label', max: 64 }).nullable().default(null),
    icon: line({ what: 'the URL of an icon', max: 128 }).nullable().default(null),
    helpURI: line({ what: 'the URL of the help page', max: 128 }).nullable().default(null),
    shortDescription: line({ what: 'a short description', max: 255 }).nullable().default(null),
    longDescription: text({ what: 'a description', max: 32_768 }).nullable().default(null),
    tags: words('a tag'),
    ontology: words('a term of an ontology'),
    modules: words('a module'),
    parallelism: word(PARALLELISMS),
    executionType: word(EXECUTION_TYPES),
    executionSystem: systemIdSchema,
    deploymentSystem: systemIdSchema.optional().describe('Default: your default storage system.'),
    deploymentPath: path('the path of the directory of the app'),
    templatePath: path('the path of the wrapper template').describe('Relative to deploymentPath.'),
    testPath: path('the path of the test script').describe('Relative to deploymentPath.'),
    checkpointable: flag().default(false),
    available: flag().default(true),
    defaultQueue: queueNameSchema.nullable().default(null),
    defaultNodeCount: limit().default(1).describe('-1 means none.'),
    defaultProcessorsPerNode: count().default(1),
    defaultMemoryPerNode: memoryLimit()
      .default(NO_LIMIT)
      .describe('In GB. -1 means none: a job asks for memory only when its request does.'),
    defaultMaxRunTime: runTime().nullable().default(null),
    inputs: z.array(inputDefinitionSchema).max(200).default([]),
    parameters: z.array(parameterDefinitionSchema).max(500).default([]),
    outputs: z.array(outputDefinitionSchema).max(200).default([]),
  })
  .superRefine(
    ({ inputs, parameters }, context) => {
      // Template variables are found in any case, so ids that differ only by case would be one variable.
      const seen = new Set<string>();
      for (const [list, definitions] of Object.entries({ inputs, parameters })) {
        for (const [index, { id }] of definitions.entries()) {
          if (seen.has(id.toLowerCase())) {
            const message = `is the id of another input or parameter: ${id}; ids are compared without case`;
            context.addIssue({ code: 'custom', path: [list, index, 'id'], message });
          }
          seen.add(id.toLowerCase());
        }
      }
    },
    whenSound(['inputs.*.id', 'parameters.*.id']),
  );

/** What to send: the schema's input. */
export type AppRequestBody = z.input<typeof appRequestSchema>;

/** An app as given, parsed. */
export type AppRequest = z.output<typeof appRequestSchema>;

/** The id of an app, before publication. */
export function appIdOf(app: Pick<AppRequest, 'name' | 'version'>): string {
  return `${app.name}-${app.version}`;
}

/** The id of a published revision of an app (spec: systems-apps-files 2.2). */
export function publishedIdOf(id: string, revision: number): string {
  return `${id}u${revision}`;
}

/** What a clone has of its own; the rest is as in the app that is cloned. */
const cloneFields = {
  name: appNameSchema.optional(),
  version: versionSchema.optional(),
  executionSystem: systemIdSchema.optional(),
  deploymentSystem: systemIdSchema.optional(),
  deploymentPath: path('the path of the directory of the app').optional(),
};

/** Body of an action on an app. The fields beside `action` are read for clones only. */
export const appActionRequestSchema = z.object({ action: word(APP_ACTIONS), ...cloneFields });
bodyRules.add(appActionRequestSchema, { aliases: { storageSystem: 'deploymentSystem' } });

/** An action on an app, parsed. */
export type AppActionRequest = z.output<typeof appActionRequestSchema>;
