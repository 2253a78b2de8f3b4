import { findJobSearchField, JOB_SEARCH_FIELDS, type JobSearchFieldName } from './job-search-fields.ts';

/** A key of the filter grammar, for help and completion. */
export interface FilterKey {
  /** The field that it filters by; null for `sort` and `limit`. */
  readonly field: JobSearchFieldName | null;
  readonly description: string;
  readonly example: string;
  /** Stands alone, without a value: the value that the field then has. */
  readonly alone?: boolean;
}

function key(field: JobSearchFieldName | null, example: string, description: string): FilterKey {
  return { field, description, example };
}

/** The keys of the filter grammar (design: filter grammar). The API's own names of fields are accepted as well. */
export const FILTER_KEYS = {
  status: key('status', 'status:failed,killed', 'Status, one or several; -status:finished for all others.'),
  app: key('appId', 'app:pyplot*', 'Id of the app.'),
  system: key('executionSystem', 'system:cluster', 'Id of the execution system.'),
  queue: key('batchQueue', 'queue:normal', 'Queue on the system.'),
  owner: key('owner', 'owner:me', 'User who submitted it; me is you.'),
  name: key('name', 'name~"rna seq"', 'Name of the job.'),
  id: key('id', 'id:1674389564*', 'Id of the job.'),
  message: key('errorMessage', 'message~quota', 'Last message of a job that failed.'),
  input: key('inputs', 'input~genome.fa', 'Inputs, as JSON text.'),
  parameter: key('parameters', 'parameter~width', 'Parameters, as JSON text.'),
  created: key('created', 'created:>7d', 'When it was submitted; >7d is within the last seven days.'),
  updated: key('lastUpdated', 'updated:>1h', 'When anything last happened to it.'),
  submitted: key('submitTime', 'submitted:today', 'When it reached the queue of its system.'),
  started: key('startTime', 'started:2026-03-01', 'When its program started.'),
  ended: key('endTime', 'ended:2026-03-01..2026-03-07', 'When the job ended.'),
  ran: key('runTime', 'ran:>2h', 'From the start of the program to the end of the job.'),
  took: key('wallTime', 'took:>1d', 'From submission to the end of the job.'),
  maxruntime: key('maxRunTime', 'maxruntime:<=1h', 'Limit of the run time.'),
  nodes: key('nodeCount', 'nodes:>=4', 'Nodes.'),
  processors: key('processorsPerNode', 'processors:16', 'Processors on each node.'),
  memory: key('memoryPerNode', 'memory:>16GB', 'Memory on each node.'),
  retries: key('retries', 'retries:>0', 'Submissions to the system after the first.'),
  archived: { ...key('archive', '-archived', 'Whether the output is archived; stands alone.'), alone: true },
  deleted: { ...key('visible', 'deleted', 'Jobs that were deleted; stands alone.'), alone: false },
  sort: key(null, 'sort:-created', 'Order; - for the latest or largest first.'),
  limit: key(null, 'limit:50', 'Most jobs to list, up to 250.'),
} as const satisfies Record<string, FilterKey>;

/** Name of a key of the filter grammar. */
export type FilterKeyName = keyof typeof FILTER_KEYS;

/** Finds a key in any case, or an API field that has no key of its own; null when there is neither. */
export function findFilterKey(name: string): FilterKey | null {
  const known: Readonly<Record<string, FilterKey>> = FILTER_KEYS;
  const lower = name.toLowerCase();
  if (Object.hasOwn(known, lower)) return known[lower] ?? null;
  const field = findJobSearchField(name);
  if (field === null) return null;
  return { field, description: JOB_SEARCH_FIELDS[field].description, example: `${name}:…` };
}
