import type { AppView } from './apps.ts';
import type { JobRequestBody } from './job-request.ts';
import type { JobView } from './jobs.ts';
import type { QueueView } from './systems.ts';

type InputView = AppView['inputs'][number];
type ParameterView = AppView['parameters'][number];

/** What a request is to be made of. */
export interface TemplateOptions {
  /** Also inputs and parameters that a request may leave out. Default: false. */
  readonly all?: boolean;
  /** Whom to tell of everything that happens; null for nobody. */
  readonly notify?: string | null;
}

/** Of an app that names no run time, as long as the queue allows but no longer than this. */
const USUAL_RUN_TIME = '01:00:00';

/**
 * A request for an app to fill in: what the app and the queue suggest, and a place for everything that has to be given
 * (spec: clients, "jobs init"). Places without a default are empty, which a submission refuses by name.
 */
export function requestOfApp(
  app: AppView,
  queues: readonly QueueView[],
  { all = false, notify = null }: TemplateOptions = {},
): JobRequestBody {
  const queue = findQueue(app, queues);
  const wanted = ({ value }: InputView | ParameterView) => value.visible && (all || value.required);
  return {
    name: `${app.name}-job`,
    appId: app.id,
    ...(queue !== null && { batchQueue: queue.name }),
    maxRunTime: app.defaultMaxRunTime ?? shorter(queue?.maxRequestedTime ?? USUAL_RUN_TIME, USUAL_RUN_TIME),
    ...memoryOf(app.defaultMemoryPerNode),
    nodeCount: Math.max(app.defaultNodeCount ?? 1, 1),
    processorsPerNode: Math.max(app.defaultProcessorsPerNode ?? 1, 1),
    archive: true,
    inputs: Object.fromEntries(app.inputs.filter(wanted).map(({ id, value }) => [id, value.default])),
    parameters: Object.fromEntries(
      app.parameters.filter(wanted).map(({ id, value }) => [id, defaultOf(value)]),
    ),
    ...(notify !== null && { notifications: [{ event: '*', persistent: true, url: notify }] }),
  };
}

/**
 * The request that would make the same job again, to be changed before it is sent. Where it archived is left out, so
 * that the new job does not write over the old one's; values that the app no longer has or no longer shows are too.
 */
export function requestOfJob(job: JobView, app: Pick<AppView, 'inputs' | 'parameters'>): JobRequestBody {
  const shown = (definitions: readonly (InputView | ParameterView)[], id: string) =>
    definitions.some((definition) => definition.id === id && definition.value.visible);
  return {
    name: job.name,
    appId: job.appId,
    ...(job.batchQueue !== null && { batchQueue: job.batchQueue }),
    ...(job.maxRunTime !== null && { maxRunTime: job.maxRunTime }),
    ...memoryOf(job.memoryPerNode),
    nodeCount: job.nodeCount,
    processorsPerNode: job.processorsPerNode,
    archive: job.archive,
    ...(job.archiveSystem !== undefined && { archiveSystem: job.archiveSystem }),
    ...(job.archiveOnAppError && { archiveOnAppError: true }),
    inputs: Object.fromEntries(Object.entries(job.inputs).filter(([id]) => shown(app.inputs, id))),
    parameters: Object.fromEntries(
      Object.entries(job.parameters).filter(([id]) => shown(app.parameters, id)),
    ),
  };
}

/** The places of a request that have to be filled in, such as `inputs.dataset`. */
export function findGaps({
  inputs = {},
  parameters = {},
}: Pick<JobRequestBody, 'inputs' | 'parameters'>): readonly string[] {
  const empty = (home: string, values: Readonly<Record<string, unknown>>) =>
    Object.entries(values)
      .filter(([, value]) => value === null || value === '' || (Array.isArray(value) && value.length === 0))
      .map(([id]) => `${home}.${id}`);
  return [...empty('inputs', inputs), ...empty('parameters', parameters)];
}

function findQueue({ defaultQueue }: AppView, queues: readonly QueueView[]): QueueView | null {
  return queues.find(({ name }) => name === defaultQueue) ?? queues.find((queue) => queue.default) ?? null;
}

/** Below zero the app, or the job, asks for none. */
function memoryOf(gigabytes: number | null): { memoryPerNode?: string } {
  return gigabytes === null || gigabytes <= 0 ? {} : { memoryPerNode: `${gigabytes}GB` };
}

function defaultOf({ default: value }: ParameterView['value']) {
  return value ?? '';
}

/** The shorter of two run times of the form HH:MM:SS, whose hours have any number of digits. */
function shorter(one: string, other: string): string {
  return one.padStart(12, '0') < other.padStart(12, '0') ? one : other;
}
