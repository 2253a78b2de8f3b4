import { type JobStatus, type JobView, parseRunTime, type TemplateValues } from '@arras/contract';

/** What an event says of itself, whatever it happened to. */
export interface VariableEvent {
  /** `FINISHED`, `JOB_FINISHED` when mirrored, a custom name. */
  readonly name: string;
  /** The resource whose event it is: the job, or the system or app that mirrors it. */
  readonly resourceUuid: string;
  readonly createdBy: string;
}

/** A change of permissions, at the events that tell of one. */
export interface PermissionChange {
  readonly username: string;
  readonly permission: string;
  readonly lastUpdated: string;
}

/** A job's event with everything that variables can name. */
export interface JobOccurrence {
  readonly event: VariableEvent;
  /** The job as it was shown when the event happened. */
  readonly job: JobView;
  readonly permission: PermissionChange | null;
  /** The body of the call. */
  readonly rawJson: string;
}

const ENDED_BADLY: ReadonlySet<JobStatus> = new Set(['FAILED', 'STOPPED', 'KILLED']);

/** Values of all variables of a job (spec: notifications 9); what does not exist is the empty text. */
export function jobVariables(occurrence: JobOccurrence): TemplateValues<'job'> {
  const { event, job, rawJson } = occurrence;
  return {
    UUID: event.resourceUuid,
    EVENT: event.name,
    OWNER: event.createdBy,
    ...identityValues(job),
    ...timeValues(job),
    ...resourceValues(job),
    ...outputValues(job),
    ...permissionValues(occurrence.permission),
    JOB_ERROR: errorOf(job),
    JOB_INPUTS: JSON.stringify(job.inputs),
    JOB_PARAMETERS: JSON.stringify(job.parameters),
    JOB_JSON: JSON.stringify(job),
    RAW_JSON: rawJson,
  };
}

/** Empty unless the job failed, was stopped or killed (DECISIONS, "JOB_ERROR"). */
function errorOf(job: JobView): string {
  return ENDED_BADLY.has(job.status) ? (job.lastStatusMessage ?? '') : '';
}

function identityValues(job: JobView) {
  return {
    JOB_ID: job.id,
    JOB_NAME: job.name,
    JOB_STATUS: job.status,
    JOB_URL: job._links.self.href,
    JOB_OWNER: job.owner,
    JOB_TENANT: job.tenantId,
    JOB_APP_ID: job.appId,
    JOB_APPID: job.appId,
    APP_ID: job.appId,
    JOB_LOCAL_ID: job.localId ?? '',
  };
}

function timeValues(job: JobView) {
  const [started, ended, submitted] = [job.startTime ?? '', job.endTime ?? '', job.submitTime ?? ''];
  return {
    JOB_CREATED: job.created,
    JOB_START_TIME: started,
    JOB_STARTTIME: started,
    JOB_END_TIME: ended,
    JOB_ENDTIME: ended,
    JOB_SUBMIT_TIME: submitted,
    JOB_SUBMITTIME: submitted,
  };
}

function resourceValues(job: JobView) {
  const seconds = job.maxRunTime === null ? null : parseRunTime(job.maxRunTime);
  return {
    JOB_SYSTEM: job.executionSystem,
    JOB_EXECUTION_SYSTEM: job.executionSystem,
    JOB_BATCH_QUEUE: job.batchQueue ?? '',
    JOB_NODE_COUNT: String(job.nodeCount),
    JOB_PROCESSORS_PER_NODE: String(job.processorsPerNode),
    JOB_MEMORY_PER_NODE: String(job.memoryPerNode),
    JOB_MAX_RUNTIME: job.maxRunTime ?? '',
    JOB_MAX_RUNTIME_MILLISECONDS: seconds === null ? '' : String(seconds * 1_000),
  };
}

function outputValues(job: JobView) {
  const [path, url] = [job.archivePath ?? '', job._links.archiveData.href];
  return {
    JOB_OUTPUT_PATH: job.outputPath ?? '',
    JOB_ARCHIVE: String(job.archive),
    JOB_ARCHIVE_SYSTEM: job.archiveSystem ?? '',
    JOB_ARCHIVE_PATH: path,
    JOB_ARCHIVEPATH: path,
    JOB_ARCHIVE_URL: url,
    JOB_ARCHIVEURL: url,
  };
}

function permissionValues(change: PermissionChange | null) {
  return {
    PERMISSION_ID: change?.username ?? '',
    PERMISSION_USERNAME: change?.username ?? '',
    PERMISSION_PERMISSION: change?.permission ?? '',
    PERMISSION_LASTUPDATED: change?.lastUpdated ?? '',
    PERMISSION_JSON: change === null ? '' : JSON.stringify(change),
  };
}

/** An event of an app, a system, a file or a subscription, with the resource as it was shown when it happened. */
export interface ResourceOccurrence {
  readonly event: VariableEvent;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly rawJson: string;
}

/** The variables of other resources than jobs, and the field of the shown resource that each takes. */
const RESOURCE_FIELDS = {
  APP_ID: 'id',
  SYSTEM_ID: 'id',
  USERNAME: 'owner',
  URL: 'url',
  STATUS: 'status',
  CREATED: 'created',
  LAST_UPDATED: 'lastUpdated',
  ASSOCIATED_ID: 'associatedUuid',
  ATTEMPTS: 'attempts',
  RESPONSE_CODE: 'responseCode',
  TYPE: 'type',
  FORMAT: 'nativeFormat',
  PATH: 'path',
  SYSTEM: 'systemId',
} as const satisfies Partial<Record<keyof TemplateValues<'any'>, string>>;

/** Which of these each kind of resource has; the others stay empty. */
const FIELDS_OF = {
  app: ['APP_ID'],
  system: ['SYSTEM_ID'],
  file: ['TYPE', 'FORMAT', 'PATH', 'SYSTEM'],
  notification: [
    'USERNAME',
    'URL',
    'STATUS',
    'CREATED',
    'LAST_UPDATED',
    'ASSOCIATED_ID',
    'ATTEMPTS',
    'RESPONSE_CODE',
  ],
} as const satisfies Record<string, readonly (keyof typeof RESOURCE_FIELDS)[]>;

/** A kind of resource whose own events are told with it. */
export type ToldKind = keyof typeof FIELDS_OF;

/** Values of the variables that an app's, a system's, a file's or a subscription's own event has. */
export function resourceVariables(
  kind: ToldKind,
  { event, resource, rawJson }: ResourceOccurrence,
): Readonly<Record<string, string>> {
  const fields = FIELDS_OF[kind].map((name) => [name, textOf(resource[RESOURCE_FIELDS[name]])] as const);
  return {
    UUID: event.resourceUuid,
    EVENT: event.name,
    OWNER: event.createdBy,
    RAW_JSON: rawJson,
    ...Object.fromEntries(fields),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? `${value}`
    : '';
}
