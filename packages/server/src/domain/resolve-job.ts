import {
  type AppRequest,
  type FieldProblem,
  type JobRequest,
  NO_LIMIT,
  type Parsed,
  parseRunTime,
  type QueueRequest,
  suggestion,
} from '@arras/contract';
import { resolveArchivePath } from './archive-path.ts';
import { ARCHIVE_MANIFEST, SERVICE_DIRECTORY } from './places.ts';
import { type ResolvedInput, resolveInputs } from './resolve-inputs.ts';
import { type ParameterValues, resolveParameters } from './resolve-parameters.ts';
import { longestRunSeconds, type ResourceRequest, selectQueue } from './select-queue.ts';
import { jobScriptName } from './slug.ts';

/** The part of an app's definition that decides what its jobs get. */
export type ResolvingApp = Pick<
  AppRequest,
  | 'inputs'
  | 'parameters'
  | 'defaultQueue'
  | 'defaultNodeCount'
  | 'defaultProcessorsPerNode'
  | 'defaultMemoryPerNode'
  | 'defaultMaxRunTime'
>;

/** What was known when the request came in. */
export interface JobFacts {
  readonly jobId: string;
  readonly owner: string;
  readonly appId: string;
  readonly app: ResolvingApp;
  readonly system: { readonly id: string; readonly queues: readonly QueueRequest[] };
  /** The user's default storage system; null: none. */
  readonly defaultStorageId: string | null;
  /** Base of the addresses of this service, without a slash at the end. */
  readonly publicUrl: string;
  /** ISO 8601. */
  readonly created: string;
  readonly tenant: string;
  /** Whether a validator's regular expression matches somewhere in the value. */
  readonly findsMatch: (pattern: string, value: string) => boolean;
}

/** Where the output goes; null when the job does not archive. */
export interface ArchivePlace {
  readonly system: string;
  readonly path: string;
}

/** A request with every default filled in. */
export interface ResolvedJob {
  readonly batchQueue: string | null;
  readonly nodeCount: number;
  readonly processorsPerNode: number;
  readonly memoryPerNodeGb: number | null;
  readonly maxRunTimeSeconds: number | null;
  readonly archive: ArchivePlace | null;
  readonly inputs: Readonly<Record<string, readonly ResolvedInput[]>>;
  readonly parameters: ParameterValues;
}

/** Serialised inputs and serialised parameters may each be this long (spec/jobs.md 2.1). */
const VALUES_MAX = 16_384;

/** Turns a request into a job, or tells everything that is wrong with it (spec/jobs.md 2 and 3). */
export function resolveJob(request: JobRequest, facts: JobFacts): Parsed<ResolvedJob> {
  const { app, findsMatch } = facts;
  const inputs = resolveInputs(request, {
    definitions: app.inputs,
    defaultSystemId: facts.defaultStorageId,
    publicUrl: facts.publicUrl,
    reservedNames: [SERVICE_DIRECTORY, ARCHIVE_MANIFEST, jobScriptName(request.name)],
    findsMatch,
  });
  const parameters = resolveParameters(request, { definitions: app.parameters, findsMatch });
  const resources = resolveResources(request, facts);
  const archive = resolveArchive(request, facts, resources);
  const problems = [
    ...findUnknownIds(request, app),
    ...resources.problems,
    ...inputs.problems,
    ...parameters.problems,
    ...archive.problems,
    ...findTooLong('inputs', urisOf(inputs.inputs)),
    ...findTooLong('parameters', parameters.parameters),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const { problems: _, ...granted } = resources;
  return {
    ok: true,
    value: { ...granted, archive: archive.place, inputs: inputs.inputs, parameters: parameters.parameters },
  };
}

type GrantedResources = ResourceRequest & {
  readonly batchQueue: string | null;
  readonly problems: readonly FieldProblem[];
};

/** What neither the request nor the app says comes from the queue. */
function resolveResources(request: JobRequest, { app, system }: JobFacts): GrantedResources {
  const defaultNodeCount = app.defaultNodeCount === NO_LIMIT ? 1 : app.defaultNodeCount;
  // What nobody asked for is not sent to a scheduler, which would enforce it.
  const defaultMemory = app.defaultMemoryPerNode === NO_LIMIT ? null : app.defaultMemoryPerNode;
  const runTime = request.maxRunTime ?? app.defaultMaxRunTime;
  const asked: ResourceRequest = {
    nodeCount: request.nodeCount ?? defaultNodeCount,
    processorsPerNode: request.processorsPerNode ?? app.defaultProcessorsPerNode,
    memoryPerNodeGb: request.memoryPerNode ?? defaultMemory,
    maxRunTimeSeconds: runTime === null ? null : parseRunTime(runTime),
  };
  const choice = selectQueue(asked, {
    requested: request.batchQueue,
    appDefault: app.defaultQueue,
    queues: system.queues,
    systemId: system.id,
  });
  if (!choice.ok) return { ...asked, batchQueue: null, problems: choice.problems };
  const { queue } = choice;
  const runSeconds = asked.maxRunTimeSeconds ?? (queue === null ? null : longestRunSeconds(queue));
  return { ...asked, maxRunTimeSeconds: runSeconds, batchQueue: queue?.name ?? null, problems: [] };
}

function resolveArchive(
  request: JobRequest,
  facts: JobFacts,
  resources: GrantedResources,
): { readonly place: ArchivePlace | null; readonly problems: readonly FieldProblem[] } {
  if (!request.archive) return { place: null, problems: [] };
  const system = request.archiveSystem ?? facts.defaultStorageId;
  const refuse = (field: string, message: string) => ({ place: null, problems: [{ field, message }] });
  if (system === null) {
    return refuse('archiveSystem', 'you have no default storage system; name one, or send archive: false');
  }
  const { jobId, owner, appId, created, tenant } = facts;
  const path = resolveArchivePath(request.archivePath, {
    ...resources,
    jobId,
    jobName: request.name,
    owner,
    appId,
    executionSystem: facts.system.id,
    archiveSystem: system,
    created,
    tenant,
  });
  return path.ok ? { place: { system, path: path.path }, problems: [] } : refuse('archivePath', path.reason);
}

/** An id that the app does not know is a mistake of the user; the original would silently run without the value. */
function findUnknownIds(request: JobRequest, app: ResolvingApp): FieldProblem[] {
  const known = [...app.inputs, ...app.parameters].map(({ id }) => id);
  return (['inputs', 'parameters'] as const).flatMap((field) => {
    const own = app[field].map(({ id }) => id);
    return Object.keys(request[field])
      .filter((id) => !known.includes(id))
      .map((id) => ({
        field: `${field}.${id}`,
        message: `is not among the ${field} of the app${describeKnown(id, own)}`,
      }));
  });
}

function describeKnown(id: string, known: readonly string[]): string {
  const hint = suggestion(id, known);
  if (hint !== '') return hint;
  return known.length === 0 ? ', which has none; leave it out' : `, which are ${known.join(', ')}`;
}

function findTooLong(field: string, values: Readonly<Record<string, unknown>>): FieldProblem[] {
  const { length } = JSON.stringify(values);
  if (length <= VALUES_MAX) return [];
  const message = `expected at most ${VALUES_MAX} characters of JSON with all defaults filled in, got ${length}`;
  return [{ field, message }];
}

/** The inputs as jobs store and show them. */
export function urisOf(inputs: ResolvedJob['inputs']): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(inputs).map(([id, values]) => [id, values.map(({ uri }) => uri)]));
}
