import { z } from 'zod';
import { listQueryFields, queryFlagSchema, settleOrder } from './listing.ts';
import type { SearchField, SearchFields, SearchType } from './search-fields.ts';
import { searchParameters, searchValues } from './search-query.ts';

function field(type: SearchType, description: string, ...aliases: readonly string[]): SearchField {
  return { type, aliases, description };
}

/** The fields of apps that can be searched (spec: conventions 6, systems-apps-files 2.2). */
export const APP_SEARCH_FIELDS = {
  id: field('text', 'Id of the app.'),
  uuid: field('text', 'Its uuid.'),
  name: field('text', 'Its name.'),
  version: field('text', 'Its version.'),
  revision: field('integer', 'Its revision.'),
  owner: field('text', 'Its owner; `me` is the caller.'),
  label: field('text', 'Its label.'),
  shortDescription: field('text', 'Its short description.'),
  longDescription: field('text', 'Its long description.'),
  icon: field('text', 'URL of its icon.'),
  helpURI: field('text', 'URL of its help page.'),
  isPublic: field('flag', 'Whether everybody may run it.', 'public'),
  available: field('flag', 'Whether it takes jobs.'),
  checkpointable: field('flag', 'Whether it can be interrupted.'),
  parallelism: field('text', 'SERIAL, PARALLEL or PTHREAD.'),
  executionType: field('text', 'HPC, CONDOR or CLI.'),
  executionSystem: field('text', 'Id of the system that it runs on.'),
  deploymentSystem: field('text', 'Id of the system with its files.', 'storageSystem'),
  deploymentPath: field('text', 'Path of its directory there.'),
  templatePath: field('text', 'Path of its wrapper template.'),
  testPath: field('text', 'Path of its test script.'),
  defaultQueue: field('text', 'Queue of jobs that name none.'),
  defaultNodeCount: field('integer', 'Nodes of jobs that name no number.'),
  defaultProcessorsPerNode: field('integer', 'Processors on each node, likewise.'),
  defaultMemoryPerNode: field('memory', 'Memory on each node, likewise; -1: none.'),
  defaultMaxRunTime: field('text', 'Run time as HH:MM:SS, likewise.'),
  tags: field('text', 'Its tags, with commas between them.'),
  ontology: field('text', 'Its terms of ontologies, with commas between them.'),
  modules: field('text', 'Its modules, with commas between them.'),
  inputs: field('text', 'Its inputs as JSON text.'),
  parameters: field('text', 'Its parameters as JSON text.'),
  created: field('date', 'When it was registered.'),
  lastModified: field('date', 'When it was last changed.', 'lastUpdated'),
} as const satisfies SearchFields<string>;

/** Name of a field that apps can be searched by. */
export type AppSearchFieldName = keyof typeof APP_SEARCH_FIELDS;

const ownFields = listQueryFields.extend({
  orderBy: listQueryFields.shape.orderBy.describe(
    'Field to order by: any that can be searched, in any case.',
  ),
  publicOnly: queryFlagSchema.describe('true: only public apps.'),
  privateOnly: queryFlagSchema.describe('true: only apps that are not public.'),
});

/** Paging, order and search of a listing of apps. */
export const appListQuerySchema = z
  .object({ ...searchParameters(APP_SEARCH_FIELDS), ...ownFields.shape })
  .catchall(searchValues(APP_SEARCH_FIELDS))
  // The conditions stay in the raw query, where `parseSearch` finds them.
  .transform((query) => settleOrder(query as z.output<typeof ownFields>));
