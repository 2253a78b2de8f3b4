import {
  type FieldProblem,
  formatMemoryGb,
  formatRunTime,
  NO_LIMIT,
  parseRunTime,
  type QueueRequest,
  suggestion,
} from '@arras/contract';

/** What a job asks of a queue; null where neither request nor app say anything. */
export interface ResourceRequest {
  readonly nodeCount: number;
  readonly processorsPerNode: number;
  readonly memoryPerNodeGb: number | null;
  readonly maxRunTimeSeconds: number | null;
}

/** The queue a job goes to (null: the system has none), or why there is none. */
export type QueueChoice =
  | { readonly ok: true; readonly queue: QueueRequest | null }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Chooses by spec/jobs.md section 3: the one named by the user, by the app, the system's default, the best fit. */
export function selectQueue(
  resources: ResourceRequest,
  choice: {
    readonly requested: string | undefined;
    readonly appDefault: string | null;
    readonly queues: readonly QueueRequest[];
    readonly systemId: string;
  },
): QueueChoice {
  const { queues, systemId } = choice;
  const named = choice.requested ?? choice.appDefault;
  if (named !== null) return useNamedQueue(named, resources, queues, systemId);
  if (queues.length === 0) return { ok: true, queue: null };
  const fitting = inOrderOfFit(queues).find((queue) => findExceeded(resources, queue).length === 0);
  if (fitting !== undefined) return { ok: true, queue: fitting };
  const message = `no queue of system ${systemId} can hold ${describeResources(resources)}; ask for less`;
  return { ok: false, problems: [{ field: 'batchQueue', message }] };
}

function useNamedQueue(
  name: string,
  resources: ResourceRequest,
  queues: readonly QueueRequest[],
  systemId: string,
): QueueChoice {
  const names = queues.map((queue) => queue.name);
  const queue = queues.find((one) => one.name === name);
  if (queue === undefined) {
    const known = names.length === 0 ? 'it has no queues' : `it has ${names.join(', ')}`;
    const message = `system ${systemId} has no queue "${name}": ${known}${suggestion(name, names)}`;
    return { ok: false, problems: [{ field: 'batchQueue', message }] };
  }
  const problems = findExceeded(resources, queue);
  return problems.length === 0 ? { ok: true, queue } : { ok: false, problems };
}

/** The system's default queue first, then the smallest: a job should not occupy more than it needs. */
function inOrderOfFit(queues: readonly QueueRequest[]): QueueRequest[] {
  return queues.toSorted((a, b) => {
    if (a.default !== b.default) return a.default ? -1 : 1;
    const [left, right] = [limitsOf(a), limitsOf(b)];
    const differing = left.findIndex((limit, index) => limit !== right[index]);
    if (differing === -1) return a.name < b.name ? -1 : 1;
    return (left[differing] ?? 0) < (right[differing] ?? 0) ? -1 : 1;
  });
}

function limitsOf(queue: QueueRequest): readonly number[] {
  const { maxNodes, maxMemoryPerNode, maxProcessorsPerNode } = queue;
  return [...[maxNodes, maxMemoryPerNode, maxProcessorsPerNode].map(withoutLimit), longestRunSeconds(queue)];
}

function withoutLimit(limit: number): number {
  return limit === NO_LIMIT ? Number.POSITIVE_INFINITY : limit;
}

/** The longest run time of a queue in seconds. */
export function longestRunSeconds(queue: QueueRequest): number {
  return parseRunTime(queue.maxRequestedTime) ?? Number.POSITIVE_INFINITY;
}

function findExceeded(resources: ResourceRequest, queue: QueueRequest): FieldProblem[] {
  const limits = [
    { field: 'nodeCount', asked: resources.nodeCount, limit: queue.maxNodes, render: String },
    {
      field: 'processorsPerNode',
      asked: resources.processorsPerNode,
      limit: queue.maxProcessorsPerNode,
      render: String,
    },
    {
      field: 'memoryPerNode',
      asked: resources.memoryPerNodeGb,
      limit: queue.maxMemoryPerNode,
      render: formatMemoryGb,
    },
    {
      field: 'maxRunTime',
      asked: resources.maxRunTimeSeconds,
      limit: longestRunSeconds(queue),
      render: formatRunTime,
    },
  ];
  return limits
    .filter(({ asked, limit }) => asked !== null && asked > withoutLimit(limit))
    .map(({ field, asked, limit, render }) => ({
      field,
      message: `expected at most ${render(limit)}, the limit of queue ${queue.name}, got ${render(asked ?? 0)}`,
    }));
}

function describeResources(resources: ResourceRequest): string {
  const { nodeCount, processorsPerNode, memoryPerNodeGb, maxRunTimeSeconds } = resources;
  return [
    `${nodeCount} nodes`,
    `${processorsPerNode} processors on each`,
    ...(memoryPerNodeGb === null ? [] : [`${formatMemoryGb(memoryPerNodeGb)} of memory on each`]),
    ...(maxRunTimeSeconds === null ? [] : [`${formatRunTime(maxRunTimeSeconds)} of run time`]),
  ].join(', ');
}
