import type { Shape } from './shape.ts';

// The commands of the job monitoring guide, and the shape of the answers it prints. Facts, not its sentences.

/** A command of the guide, with what it prints. */
export interface GuideCommand {
  /** The heading it stands under. */
  readonly section: string;
  /** As printed; the host, the token and ids are variables there or get replaced. */
  readonly command: string;
  readonly answer: Shape;
}

const SCALARS: Shape = {
  id: 'string',
  name: 'string',
  owner: 'string',
  appId: 'string',
  executionSystem: 'string',
  batchQueue: 'string',
  nodeCount: 'number',
  processorsPerNode: 'number',
  memoryPerNode: 'number',
  maxRunTime: /^\d\d:\d\d:\d\d$/,
  archive: 'boolean',
  retries: 'number',
  localId: 'string',
  created: 'date',
  lastUpdated: 'date',
  outputPath: 'string',
  status: '=FINISHED',
  submitTime: 'date',
  startTime: 'date',
  endTime: 'date',
};

const LINKS = [
  'self',
  'app',
  'executionSystem',
  'archiveSystem',
  'archiveData',
  'owner',
  'permissions',
  'history',
  'metadata',
  'notifications',
] as const;

/** The keys of the example of a job, in its order. */
export const JOB_KEYS = [...Object.keys(SCALARS), 'inputs', 'parameters', '_links'];

/** The relations of its links, in their order. */
export const LINK_NAMES: readonly string[] = LINKS;

const JOB: Shape = {
  ...SCALARS,
  inputs: { inputBam: ['string'] },
  parameters: { nameSort: 'boolean', maxMemSort: 'number' },
  _links: Object.fromEntries(LINKS.map((name) => [name, { href: 'url' }])),
};

const ENVELOPE = { status: '=success', message: 'null', version: 'string' };

/** Every command that the guide shows for curl. */
export const GUIDE_COMMANDS: readonly GuideCommand[] = [
  {
    section: 'Polling',
    command:
      'curl -sk -H "Authorization: Bearer  $ACCESS_TOKEN" https://agave.iplantc.org/jobs/v2/?pretty=true',
    answer: { ...ENVELOPE, result: [{ id: 'string', name: 'string', status: 'string' }] },
  },
  {
    section: 'Polling',
    command: 'curl -sk -H "Authorization: Bearer  $ACCESS_TOKEN" https://agave.iplantc.org/jobs/v2/$JOB_ID',
    answer: { ...ENVELOPE, result: JOB },
  },
  {
    section: 'Polling',
    command:
      'curl -sk -H "Authorization: Bearer  $ACCESS_TOKEN" https://agave.iplantc.org/jobs/v2/$JOB_ID/status',
    answer: { ...ENVELOPE, result: { id: 'string', status: '=FINISHED' } },
  },
  {
    section: 'Polling, the history of a job',
    command:
      'curl -sk -H "Authorization: Bearer  $ACCESS_TOKEN" https://agave.iplantc.org/jobs/v2/$JOB_ID/history?pretty=true',
    answer: { ...ENVELOPE, result: [{ created: 'date', status: 'string', description: 'string|absent' }] },
  },
];

/** The history that the guide prints, for a job with one input whose output is not archived. */
export const GUIDE_HISTORY: readonly (readonly [status: string, description: string | RegExp])[] = [
  ['PENDING', 'Job accepted and queued for submission.'],
  ['PROCESSING_INPUTS', 'Attempt 1 to stage job inputs'],
  ['PROCESSING_INPUTS', 'Identifying input files for staging'],
  ['STAGING_INPUTS', /^Staging agave:\/\/\S+ to remote job directory$/],
  ['STAGING_INPUTS', 'Copy in progress'],
  ['STAGED', 'Job inputs staged to execution system'],
  ['SUBMITTING', 'Preparing job for submission.'],
  ['SUBMITTING', 'Attempt 1 to submit job'],
  ['RUNNING', 'Job started running'],
  // The example says nothing here, the table of statuses this.
  ['CLEANING_UP', 'Job completed execution'],
  ['FINISHED', 'Job completed. Skipping archiving at user request.'],
];

/** Statuses of its table that its example of a history leaves out. */
export const GUIDE_LEAVES_OUT: readonly string[] = ['STAGING_JOB', 'QUEUED'];

/** What the entry about a copy shows. */
export const GUIDE_PROGRESS: Shape = {
  averageRate: 'number',
  totalFiles: 'number',
  source: 'string',
  totalActiveTransfers: 'number',
  totalBytes: 'number',
  totalBytesTransferred: 'number',
};
