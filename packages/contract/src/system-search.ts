import { z } from 'zod';
import { listQueryFields, queryFlagSchema, queryTextSchema, settleOrder } from './listing.ts';
import type { SearchField, SearchFields, SearchType } from './search-fields.ts';
import { searchParameters, searchValues } from './search-query.ts';

function field(type: SearchType, description: string, ...aliases: readonly string[]): SearchField {
  return { type, aliases, description };
}

/** The fields of systems that can be searched (spec: conventions 6, systems-apps-files 1.3). */
export const SYSTEM_SEARCH_FIELDS = {
  id: field('text', 'Id of the system.'),
  uuid: field('text', 'Its uuid.'),
  name: field('text', 'Its name.'),
  type: field('text', 'EXECUTION or STORAGE.'),
  status: field('text', 'UP, DOWN, MAINTENANCE or UNKNOWN.'),
  available: field('flag', 'Whether it takes jobs and files.'),
  description: field('text', 'Its description.'),
  site: field('text', 'Its site.'),
  revision: field('integer', 'Its revision.'),
  owner: field('text', 'Its owner; `me` is the caller.'),
  public: field('flag', 'Whether everybody may use it.', 'isPublic'),
  globalDefault: field('flag', 'Whether it is the default of everybody.'),
  default: field('flag', 'Whether it is your default of its type.', 'isDefault'),
  executionType: field('text', 'HPC, CONDOR or CLI.'),
  scheduler: field('text', 'Its scheduler.'),
  environment: field('text', 'Shell text of the wrapper.'),
  startupScript: field('text', 'Path of its start script.'),
  workDir: field('text', 'Its work directory.'),
  scratchDir: field('text', 'Its scratch directory.'),
  maxSystemJobs: field('integer', 'Most jobs on it.'),
  maxSystemJobsPerUser: field('integer', 'Most jobs of one user.'),
  queues: field('text', 'Its queues as JSON text.'),
  'login.host': field('text', 'Host that jobs are started on.'),
  'login.port': field('integer', 'Port of that host.'),
  'login.protocol': field('text', 'Protocol to start jobs with.'),
  'storage.host': field('text', 'Host of its files.'),
  'storage.port': field('integer', 'Port of that host.'),
  'storage.protocol': field('text', 'Protocol of its files.'),
  'storage.rootDir': field('text', 'Root directory of its files.'),
  'storage.homeDir': field('text', 'Home directory of its files.'),
  'storage.container': field('text', 'Bucket of its files.'),
  created: field('date', 'When it was registered.'),
  lastModified: field('date', 'When it was last changed.', 'lastUpdated'),
} as const satisfies SearchFields<string>;

/** Name of a field that systems can be searched by. */
export type SystemSearchFieldName = keyof typeof SYSTEM_SEARCH_FIELDS;

const ownFields = listQueryFields.extend({
  orderBy: listQueryFields.shape.orderBy.describe(
    'Field to order by: any that can be searched, in any case.',
  ),
  type: queryTextSchema.describe('execution or storage, in any case.'),
  default: queryTextSchema.describe('true: only your default systems; false: only the others.'),
  publicOnly: queryFlagSchema.describe('true: only public systems.'),
});

/** Paging, order and search of a listing of systems. */
export const systemListQuerySchema = z
  .object({ ...searchParameters(SYSTEM_SEARCH_FIELDS), ...ownFields.shape })
  .catchall(searchValues(SYSTEM_SEARCH_FIELDS))
  // The conditions stay in the raw query, where `parseSearch` finds them.
  .transform((query) => settleOrder(query as z.output<typeof ownFields>));
