import { z } from 'zod';
import { PARAMETER_TYPES } from './app-definitions.ts';
import { PARALLELISMS } from './app-request.ts';
import { linksSchema, timestampSchema } from './envelope.ts';
import { appUuidSchema } from './ids.ts';
import { EXECUTION_TYPES } from './system-vocabulary.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const detailsViewSchema = z.object({
  label: z.string(),
  description: z.string(),
  argument: z.string().nullable(),
  showArgument: z.boolean(),
  repeatArgument: z.boolean(),
});

const semanticsViewSchema = z.object({
  minCardinality: z.int(),
  maxCardinality: z.int(),
  ontology: z.array(z.string()),
  fileTypes: z.array(z.string()),
});

const valueView = {
  visible: z.boolean(),
  required: z.boolean(),
  order: z.int(),
  enquote: z.boolean(),
};

/** An input as shown. */
export const inputViewSchema = z.object({
  id: z.string(),
  value: z.object({
    default: z.union([z.string(), z.array(z.string())]),
    validator: z.string().nullable(),
    ...valueView,
  }),
  details: detailsViewSchema,
  semantics: semanticsViewSchema,
});

/** A parameter as shown; `enum_values` in place of a validator for enumerations. */
export const parameterViewSchema = z.object({
  id: z.string(),
  value: z.object({
    type: z.enum(PARAMETER_TYPES),
    default: z.union([scalar, z.array(scalar)]).nullable(),
    validator: z.string().nullable().optional(),
    enum_values: z.array(z.record(z.string(), z.string())).optional(),
    ...valueView,
  }),
  details: detailsViewSchema,
  semantics: semanticsViewSchema,
});

const outputViewSchema = z.object({
  id: z.string(),
  value: z.object({
    default: z.union([z.string(), z.array(z.string())]),
    validator: z.string().nullable(),
    order: z.int(),
  }),
  details: detailsViewSchema,
  semantics: semanticsViewSchema.partial({ minCardinality: true }),
});

/** An app as shown, in the original's order. */
export const appSchema = z.object({
  id: z.string(),
  name: z.string(),
  icon: z.string().nullable(),
  uuid: appUuidSchema,
  parallelism: z.enum(PARALLELISMS),
  defaultProcessorsPerNode: z.int(),
  defaultMemoryPerNode: z.number().describe('In GB; -1 means none.'),
  defaultNodeCount: z.int(),
  defaultMaxRunTime: z.string().nullable(),
  defaultQueue: z.string().nullable(),
  version: z.string(),
  revision: z.int(),
  isPublic: z.boolean(),
  helpURI: z.string().nullable(),
  label: z.string().nullable(),
  owner: z.string(),
  shortDescription: z.string().nullable(),
  longDescription: z.string().nullable(),
  tags: z.array(z.string()),
  ontology: z.array(z.string()),
  executionType: z.enum(EXECUTION_TYPES),
  executionSystem: z.string(),
  deploymentPath: z.string(),
  deploymentSystem: z.string(),
  templatePath: z.string(),
  testPath: z.string(),
  checkpointable: z.boolean(),
  lastModified: timestampSchema,
  modules: z.array(z.string()),
  available: z.boolean(),
  inputs: z.array(inputViewSchema),
  parameters: z.array(parameterViewSchema),
  outputs: z.array(outputViewSchema),
  _links: linksSchema(
    'self',
    'executionSystem',
    'storageSystem',
    'history',
    'metadata',
    'owner',
    'permissions',
  ),
});

/** An app as shown. */
export type AppView = z.infer<typeof appSchema>;

/** One row of an app listing. */
export const appSummarySchema = appSchema
  .pick({
    id: true,
    name: true,
    version: true,
    revision: true,
    label: true,
    shortDescription: true,
    executionSystem: true,
    executionType: true,
    isPublic: true,
    available: true,
    owner: true,
    lastModified: true,
  })
  .extend({ _links: linksSchema('self') });

/** One row of an app listing. */
export type AppSummary = z.infer<typeof appSummarySchema>;
