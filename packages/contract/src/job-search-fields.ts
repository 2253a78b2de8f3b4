import { findSearchField, type SearchField, type SearchOperator, type SearchType } from './search-fields.ts';

/** A field that jobs can be searched and ordered by. */
export interface JobSearchField extends SearchField {
  /** Never changes once the job was submitted. */
  readonly fixed: boolean;
}

function field(
  type: SearchType,
  fixed: boolean,
  description: string,
  ...aliases: readonly string[]
): JobSearchField {
  return { type, aliases, fixed, description };
}

/** The fields of jobs that can be searched, with the names that clients of later versions use (spec: jobs 11.1). */
export const JOB_SEARCH_FIELDS = {
  id: field('text', true, 'Id of the job.', 'uuid'),
  name: field('text', true, 'Name of the job.'),
  owner: field('text', true, 'User who submitted it; `me` is the caller.'),
  appId: field('text', true, 'Id of the app.'),
  executionSystem: field('text', true, 'Id of the execution system.', 'systemId'),
  batchQueue: field('text', true, 'Queue on the system.', 'remoteQueue'),
  tenantQueue: field('text', true, 'Always empty; some clients ask for it.'),
  status: field('status', false, 'Status of the job.'),
  errorMessage: field('text', false, 'The last message of a job that failed.'),
  archive: field('flag', true, 'Whether the output is archived.'),
  archiveOnAppError: field('flag', true, 'Whether it is archived when the program failed.'),
  archiveSystem: field('text', true, 'Id of the storage system of the archive.'),
  archivePath: field('text', true, 'Path of the archive.'),
  outputPath: field('text', false, 'Path of the work directory; none before staging.', 'workPath'),
  localId: field('text', false, 'Id of the job on its system.', 'remoteJobId', 'schedulerJobId'),
  inputs: field('text', true, 'The inputs as JSON text.'),
  parameters: field('text', true, 'The parameters as JSON text.'),
  visible: field('flag', false, 'False: jobs that were deleted. Only visible jobs are listed without it.'),
  created: field('date', true, 'When the job was submitted.', 'accepted'),
  lastUpdated: field('date', false, 'When anything last happened to it.', 'lastModified'),
  submitTime: field('date', false, 'When it reached the queue of its system.', 'remoteSubmitted'),
  startTime: field('date', false, 'When its program started.', 'started', 'remoteStarted'),
  endTime: field('date', false, 'When the job ended.', 'ended'),
  nodeCount: field('integer', true, 'Nodes.'),
  processorsPerNode: field('integer', true, 'Processors on each node.', 'processorsOnEachNode'),
  memoryPerNode: field('memory', true, 'GB on each node, or with a unit such as 512MB; -1: no limit.'),
  maxRunTime: field('duration', true, 'Limit of the run time.'),
  maxHours: field('number', true, 'The same in hours.'),
  runTime: field('duration', false, 'From the start of the program to the end of the job.'),
  wallTime: field('duration', false, 'From submission to the end of the job.'),
  retries: field('integer', false, 'Submissions to the system after the first.', 'submitRetries'),
  remoteStatusChecks: field(
    'integer',
    false,
    'Looks at the execution system; those of a job that is there now are not counted yet.',
  ),
  failedStatusChecks: field('integer', false, 'Looks that were not answered, likewise.'),
  blockedCount: field('integer', true, 'Always 0; some clients ask for it.'),
  charge: field('number', true, 'Always unknown: nothing is charged.'),
} as const satisfies Record<string, JobSearchField>;

/** Name of a field that jobs can be searched by. */
export type JobSearchFieldName = keyof typeof JOB_SEARCH_FIELDS;

/** All names, in the order of the reference. */
export const JOB_SEARCH_FIELD_NAMES = Object.keys(JOB_SEARCH_FIELDS) as readonly JobSearchFieldName[];

/** The field of that name or alias, in any case; null when there is none. */
export function findJobSearchField(name: string): JobSearchFieldName | null {
  return findSearchField(JOB_SEARCH_FIELDS, name);
}

/** What each operator asks for, in words. */
export const JOB_SEARCH_OPERATOR_MEANINGS = {
  EQ: 'Equal; the same as no operator. Texts in any case, times within the same second or day.',
  NEQ: 'Not equal.',
  IN: 'One of a list with commas.',
  NIN: 'None of a list with commas.',
  LIKE: 'Text in any case, `*` stands for any characters.',
  NLIKE: 'Not like.',
  RLIKE: 'Holds a match of a regular expression, in any case.',
  LT: 'Less, or earlier.',
  LTE: 'Less or equal, or not later.',
  GT: 'More, or later.',
  GTE: 'More or equal, or not earlier.',
  BEFORE: 'Earlier.',
  AFTER: 'Later.',
  ON: 'On that day, from 00:00 to 24:00 UTC.',
  BETWEEN: 'From the first to the second of two values with a comma, both included.',
} as const satisfies Record<SearchOperator, string>;
