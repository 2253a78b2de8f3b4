import { type RecordedRequest, result } from '../recorded-request.ts';
import type { Shape } from '../shape.ts';

/** A row of a list of jobs. */
export const SUMMARY = {
  id: /^.{32,36}-007$/,
  name: 'string',
  status: 'string',
  owner: 'string',
  _links: 'object',
};

/** The fields that `jobs show` reads. All but the two that the command line computes with may be null. */
export const RECORD: Shape = {
  _links: { history: { href: 'url' }, self: { href: 'url' } },
  accepted: 'date',
  appId: 'string',
  appUuid: 'string|null',
  archive: 'boolean',
  archiveOnAppError: 'boolean',
  archivePath: 'string|absent',
  archiveSystem: 'string|absent',
  blockedCount: 'number',
  created: 'date',
  ended: 'date|null',
  failedStatusChecks: 'number',
  id: /^.{32,36}-007$/,
  inputs: 'object',
  lastStatusCheck: 'date|null',
  lastStatusMessage: 'string|null',
  lastUpdated: 'date',
  maxHours: 'number|absent',
  memoryPerNode: 'number',
  name: 'string',
  nodeCount: 'number',
  owner: 'string',
  parameters: 'object',
  processorsPerNode: 'number',
  remoteEnded: 'date|null',
  remoteJobId: 'string|null',
  remoteOutcome: 'string|null',
  remoteQueue: 'string|null',
  remoteStarted: 'date|null',
  remoteStatusChecks: 'number',
  remoteSubmitted: 'date|null',
  roles: 'string',
  schedulerJobId: 'string|null',
  status: 'string',
  submitRetries: 'number',
  systemId: 'string',
  tenantId: 'string',
  tenantQueue: 'string',
  visible: 'true',
  workPath: 'string|null',
};

/** Who may do what with a job. */
export const PEMS = result([
  { username: 'string', permission: { read: 'boolean', write: 'boolean', execute: 'boolean' } },
]);
/** The history of a job. */
export const HISTORY = result([{ status: 'string', created: 'date', createdBy: 'string' }]);
/** A directory of the outputs of a job. */
export const LISTING = result([
  { name: 'string', path: /^\//, type: '=file|=dir', length: 'number', lastModified: 'date' },
]);

/** The whole job. */
export const showJob: RecordedRequest = { by: 'swagger', send: 'GET /jobs/v2/{job}', needs: result(RECORD) };
/** The permissions of a job. */
export const listPems: RecordedRequest = { by: 'swagger', send: 'GET /jobs/v2/{job}/pems', needs: PEMS };

/** A job that this row may do with what it likes. */
export const submitOwn: RecordedRequest = {
  by: 'swagger',
  send: 'POST /jobs/v2/',
  json: { name: 'to be stopped', appId: 'wait-1.0', archive: false },
  needs: result(RECORD),
  keep: { own: 'result.id' },
};
