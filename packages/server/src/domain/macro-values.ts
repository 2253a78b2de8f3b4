/**
 * The values that an app's wrapper template may name as `${NAME}`: job attributes, inputs, parameters. A
 * macro is a list of words, each of which reaches the program byte for byte; an absent value has no word.
 */

/** One macro: its name, matched in any case, and its words. */
export interface Macro {
  readonly name: string;
  readonly words: readonly string[];
}

/** How the app's author wants a value to be preceded on a command line (`details` of an input or parameter). */
export interface ArgumentStyle {
  readonly argument: string | null;
  readonly showArgument: boolean;
  readonly repeatArgument: boolean;
}

/** An input of the app with the file names, not URIs, that it has in the work directory. */
export interface InputValue extends ArgumentStyle {
  readonly id: string;
  readonly fileNames: readonly string[];
}

/** A parameter of the app; `values` is empty when it is absent. */
export interface ParameterValue extends ArgumentStyle {
  readonly id: string;
  readonly type: 'string' | 'number' | 'bool' | 'flag' | 'enumeration';
  readonly values: readonly (string | number | boolean)[];
}

/** Facts of the job that every template may name. */
export interface JobAttributes {
  readonly jobName: string;
  readonly jobNameSlug: string;
  readonly jobId: string;
  readonly appId: string;
  readonly executionSystem: string;
  readonly batchQueue: string | null;
  /** The scheduler's own name of the queue. */
  readonly batchQueueEffectiveName: string | null;
  /** ISO 8601. */
  readonly submitTime: string;
  readonly archive: boolean;
  readonly archiveSystem: string | null;
  readonly archivePath: string | null;
  readonly archiveUrl: string | null;
  readonly nodeCount: number;
  readonly processorsPerNode: number;
  readonly memoryPerNodeGb: number | null;
  readonly maxRunTimeSeconds: number | null;
  readonly workPath: string;
  readonly owner: string;
  readonly tenant: string;
  readonly baseUrl: string;
}

/** All macros of a job. A job attribute wins over an input or parameter of the same name. */
export function macroValues(job: {
  readonly attributes: JobAttributes;
  readonly inputs: readonly InputValue[];
  readonly parameters: readonly ParameterValue[];
}): readonly Macro[] {
  const macros = new Map<string, Macro>();
  const all = [
    ...job.inputs.map((input) => ({ name: input.id, words: argumentWords(input, input.fileNames) })),
    ...job.parameters.map((parameter) => ({ name: parameter.id, words: parameterWords(parameter) })),
    ...attributeMacros(job.attributes),
  ];
  for (const macro of all) macros.set(macro.name.toLowerCase(), macro);
  return [...macros.values()];
}

function parameterWords(parameter: ParameterValue): readonly string[] {
  const isTrue = parameter.values[0] === true;
  if (parameter.type === 'flag') return isTrue ? blankSeparated(parameter.argument ?? '') : [];
  if (parameter.type === 'bool') return isTrue ? argumentWords(parameter, ['1']) : [];
  return argumentWords(parameter, parameter.values.map(String));
}

/**
 * Values with the author's argument text before the first, or before each. `--width=` is glued to the value,
 * `--width ` (it ends in a blank) is a word of its own.
 */
function argumentWords(style: ArgumentStyle, values: readonly string[]): readonly string[] {
  const argument = style.argument ?? '';
  if (!style.showArgument || argument.trim() === '') return values;
  return values.flatMap((value, index) =>
    index === 0 || style.repeatArgument ? withArgument(argument, value) : [value],
  );
}

function withArgument(argument: string, value: string): readonly string[] {
  const parts = blankSeparated(argument);
  if (/\s$/.test(argument)) return [...parts, value];
  return [...parts.slice(0, -1), `${parts.at(-1) ?? ''}${value}`];
}

function blankSeparated(text: string): readonly string[] {
  return text.split(/\s+/).filter((part) => part !== '');
}

/** Names of jobs.md 9.3; those that begin with IPLANT are what the original's oldest apps use. */
function attributeMacros(job: JobAttributes): readonly Macro[] {
  const seconds = job.maxRunTimeSeconds;
  const values: readonly (readonly [string, string | number | null])[] = [
    ['AGAVE_JOB_NAME', job.jobNameSlug],
    ['IPLANT_JOB_NAME', job.jobNameSlug],
    ['AGAVE_JOB_NAME_RAW', job.jobName],
    ['AGAVE_JOB_ID', job.jobId],
    ['AGAVE_JOB_APP_ID', job.appId],
    ['AGAVE_JOB_EXECUTION_SYSTEM', job.executionSystem],
    ['AGAVE_JOB_BATCH_QUEUE', job.batchQueue],
    ['AGAVE_JOB_BATCH_QUEUE_EFFECTIVE_NAME', job.batchQueueEffectiveName],
    ['AGAVE_JOB_SUBMIT_TIME', job.submitTime],
    ['AGAVE_JOB_ARCHIVE', job.archive ? '1' : null],
    ['AGAVE_JOB_ARCHIVE_SYSTEM', job.archiveSystem],
    ['AGAVE_JOB_ARCHIVE_PATH', job.archivePath],
    ['AGAVE_JOB_ARCHIVE_URL', job.archiveUrl],
    ['AGAVE_JOB_NODE_COUNT', job.nodeCount],
    ['AGAVE_JOB_PROCESSORS_PER_NODE', job.processorsPerNode],
    ['IPLANT_CORES_REQUESTED', job.nodeCount * job.processorsPerNode],
    ['AGAVE_JOB_MEMORY_PER_NODE', job.memoryPerNodeGb],
    ['AGAVE_JOB_MAX_RUNTIME', seconds === null ? null : renderHours(seconds)],
    ['AGAVE_JOB_MAX_RUNTIME_SECONDS', seconds],
    ['AGAVE_JOB_MAX_RUNTIME_MILLISECONDS', seconds === null ? null : seconds * 1_000],
    ['AGAVE_JOB_WORK_PATH', job.workPath],
    ['AGAVE_JOB_OWNER', job.owner],
    ['AGAVE_JOB_TENANT', job.tenant],
    ['AGAVE_BASE_URL', job.baseUrl],
  ];
  return values.map(([name, value]) => ({ name, words: value === null ? [] : [String(value)] }));
}

/** `HH:MM:SS`, hours without limit. */
function renderHours(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
