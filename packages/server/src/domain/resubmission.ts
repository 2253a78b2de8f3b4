import {
  type FieldProblem,
  formatRunTime,
  type InputDefinition,
  type JobRequest,
  type ParameterDefinition,
  type Parsed,
  type Scalar,
  type SubscriptionRequest,
} from '@arras/contract';

/** What is taken over from the job that is submitted again. */
export interface FormerJob {
  readonly name: string;
  readonly app_id: string;
  readonly batch_queue: string | null;
  readonly node_count: number;
  readonly processors_per_node: number;
  readonly memory_per_node_gb: number | null;
  readonly max_run_time_seconds: number | null;
  readonly archive: boolean;
  readonly archive_on_app_error: boolean;
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  readonly parameters: Readonly<Record<string, Scalar | readonly Scalar[]>>;
}

/** How strict to be where the app is another one by now (spec/jobs.md 7.2). */
export interface ResubmissionOptions {
  readonly ignoreInputConflicts: boolean;
  readonly ignoreParameterConflicts: boolean;
}

/** The app as it is now. */
export interface PresentApp {
  readonly inputs: readonly InputDefinition[];
  readonly parameters: readonly ParameterDefinition[];
}

/**
 * The request that would make the same job today. The archive is left to the defaults, so that the new job does not write
 * over the old one's. Values of inputs and parameters that the app no longer has, or no longer shows, are conflicts: they
 * are left out, or refused.
 */
export function rebuildRequest(
  job: FormerJob,
  app: PresentApp,
  options: ResubmissionOptions & { readonly notifications: readonly SubscriptionRequest[] },
): Parsed<JobRequest> {
  const inputs = keepKnown('inputs', job.inputs, app.inputs);
  const parameters = keepKnown('parameters', job.parameters, app.parameters);
  const problems = [
    ...(options.ignoreInputConflicts ? [] : inputs.problems),
    ...(options.ignoreParameterConflicts ? [] : parameters.problems),
  ];
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    value: {
      name: job.name,
      appId: job.app_id,
      executionSystem: undefined,
      batchQueue: job.batch_queue ?? undefined,
      nodeCount: job.node_count,
      processorsPerNode: job.processors_per_node,
      memoryPerNode: job.memory_per_node_gb ?? undefined,
      maxRunTime: job.max_run_time_seconds === null ? undefined : formatRunTime(job.max_run_time_seconds),
      archive: job.archive,
      archiveSystem: undefined,
      archivePath: undefined,
      archiveOnAppError: job.archive_on_app_error,
      inputs: inputs.kept,
      parameters: parameters.kept,
      topLevel: {},
      notifications: [...options.notifications],
    },
  };
}

function keepKnown<One extends Scalar>(
  field: 'inputs' | 'parameters',
  values: Readonly<Record<string, One | readonly One[]>>,
  definitions: readonly (InputDefinition | ParameterDefinition)[],
): { readonly kept: Record<string, One | One[]>; readonly problems: readonly FieldProblem[] } {
  const kept: Record<string, One | One[]> = {};
  const problems: FieldProblem[] = [];
  for (const [id, value] of Object.entries(values)) {
    const definition = definitions.find((known) => known.id === id);
    if (definition?.value.visible === true) kept[id] = typeof value === 'object' ? [...value] : value;
    else if (definition === undefined) {
      const message = 'the app no longer has it; submit a new job, or let conflicts be ignored';
      problems.push({ field: `${field}.${id}`, message });
    }
  }
  return { kept, problems };
}
