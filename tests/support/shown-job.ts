import { type JobView, jobSchema } from '../../packages/contract/src/index.ts';

const BASE = 'https://api.tacc.utexas.edu';
const ID = '0001414144065563-5056a550b8-0001-007';
const link = (path: string) => ({ href: `${BASE}${path}` });

/** The job of the guide's sample mail as it is shown, with the given fields instead of its own. */
export function shownJob(changes: Partial<JobView> = {}): JobView {
  return jobSchema.parse({ ...identity, ...times, ...requested, ...later, _links: links, ...changes });
}

const identity = {
  id: ID,
  name: 'demo-pyplot-demo-advanced test-1414139896',
  owner: 'ada',
  appId: 'demo-pyplot-1.0',
  executionSystem: 'ssh.execute.example.com',
  status: 'FINISHED',
  tenantId: 'arras',
  localId: '659413',
};

const times = {
  created: '2014-10-24T04:47:45.000-05:00',
  lastUpdated: '2014-10-24T04:48:15.000-05:00',
  lastModified: '2014-10-24T04:48:15.000-05:00',
  submitTime: '2014-10-24T04:48:11.000-05:00',
  startTime: '2014-10-24T04:48:08.000-05:00',
  endTime: '2014-10-24T04:48:15.000-05:00',
};

const requested = {
  batchQueue: 'normal',
  nodeCount: 1,
  processorsPerNode: 16,
  memoryPerNode: 32,
  maxRunTime: '01:00:00',
  archive: true,
  archivePath: 'ada/archive/jobs/job-0001414144065563-5056a550b8-0001-007',
  archiveSystem: 'data.example.com',
  retries: 0,
  outputPath: `ada/${ID}-demo`,
  inputs: { dataset: ['agave://data.example.com/ada/testdata.csv'] },
  parameters: { chartType: 'bar', width: 3 },
};

const later = {
  systemId: identity.executionSystem,
  appUuid: null,
  roles: '',
  tenantQueue: '',
  remoteJobId: identity.localId,
  schedulerJobId: identity.localId,
  remoteQueue: 'normal',
  workPath: requested.outputPath,
  accepted: times.created,
  started: times.startTime,
  ended: times.endTime,
  remoteSubmitted: times.submitTime,
  remoteStarted: times.startTime,
  remoteEnded: times.endTime,
  remoteOutcome: 'FINISHED',
  submitRetries: 0,
  lastStatusMessage: 'Job completed successfully.',
  lastStatusCheck: null,
  remoteStatusChecks: 0,
  failedStatusChecks: 0,
  blockedCount: 0,
  archiveOnAppError: true,
  visible: true,
  executionType: 'HPC',
  schedulerType: 'SLURM',
  stopRequested: false,
  waiting: null,
  endCause: null,
  report: null,
  seq: 18,
  freshness: { asOf: times.endTime, source: 'service', reachable: true },
};

const links = {
  self: link(`/jobs/v2/${ID}`),
  app: link('/apps/v2/demo-pyplot-1.0'),
  executionSystem: link('/systems/v2/ssh.execute.example.com'),
  archiveSystem: link('/systems/v2/data.example.com'),
  archiveData: link(`/files/v2/listings/system/data.example.com/${requested.archivePath}`),
  owner: link('/profiles/v2/ada'),
  permissions: link(`/jobs/v2/${ID}/pems`),
  history: link(`/jobs/v2/${ID}/history`),
  metadata: link('/meta/v2/data/?q=x'),
  notifications: link(`/notifications/v2/?associatedUuid=${ID}`),
};
