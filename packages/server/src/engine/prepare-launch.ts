import type { JobRow } from '../database/tables.ts';
import { renderCallbackFile } from '../domain/callback-macros.ts';
import { parseInputUri } from '../domain/input-uri.ts';
import {
  type InputValue,
  type JobAttributes,
  macroValues,
  type ParameterValue,
} from '../domain/macro-values.ts';
import { baseName } from '../domain/paths.ts';
import { tryTag } from '../domain/places.ts';
import { jobLogName, jobScriptName, slug } from '../domain/slug.ts';
import { renderProgram } from '../domain/wrapper-template.ts';
import type { Assets, Preparation } from '../execution/installer.ts';
import type { Launch } from '../execution/scheduler.ts';
import { copyTree } from '../storage/transfer.ts';
import type { AppDefinition } from './app-definitions.ts';
import type { EngineContext } from './context.ts';
import type { Lease } from './lease-keeper.ts';
import { type Place, type Target, workDirectoryOf } from './targets.ts';

/** Puts everything a try needs into the work directory: the app's files, the program, its values, the wrapper. */
export async function prepareLaunch(context: EngineContext, lease: Lease, target: Target): Promise<Launch> {
  const app = await context.apps.get(lease.job);
  const place = await context.targets.getPlace(app.deploymentSystem);
  const launch = describeLaunch(target, lease.job);
  const files = await renderFiles(context, { job: lease.job, target, app, place });
  const prepare = (assets: Assets) =>
    target.executor.prepare(launch, { ...files, assets }, () => lease.check());
  if (target.executor.remote && place.filesKey === target.filesKey) {
    const onHost = {
      root: target.storage.hostPath('/'),
      path: target.storage.hostPath(place.resolve(app.deploymentPath)),
    };
    if ((await prepare(onHost)) === 'prepared') return launch;
  }
  // A process that slept through its lease would make the directory of a job again that has ended meanwhile.
  await target.executor.createWorkDirectory(launch.workDirectory, () => lease.check());
  const copied = await copyTree({
    from: place.storage,
    fromPath: place.resolve(app.deploymentPath),
    to: target.storage,
    toPath: workDirectoryOf(lease.job),
    signal: lease.signal,
  });
  await prepare({ copied: copied.map(({ path }) => path.slice(1)) });
  return launch;
}

interface ProgramParts {
  readonly job: JobRow;
  readonly target: Target;
  readonly app: AppDefinition;
  readonly place: Place;
}

async function renderFiles(
  context: EngineContext,
  { job, target, app, place }: ProgramParts,
): Promise<Omit<Preparation, 'assets'>> {
  const program = renderProgram({
    template: await context.templates.get(place, app, job),
    macros: macroValues({
      attributes: attributesOf(context, target, job),
      inputs: inputValues(app, job),
      parameters: parameterValues(app, job),
    }),
    environment: target.definition.environment ?? '',
    modules: app.modules,
  });
  return {
    program: program.script,
    values: program.values,
    callback: renderCallbackFile(context.service.heartbeatUrl(job.id)),
    sign: context.messageKeys.blocksOf(tryTag(job.id, job.try_number)),
  };
}

function describeLaunch(target: Target, job: JobRow): Launch {
  const queue = target.definition.queues.find(({ name }) => name === job.batch_queue);
  const logName = jobLogName(job.name, job.id);
  return {
    tag: tryTag(job.id, job.try_number),
    tryNumber: job.try_number,
    workDirectory: target.storage.hostPath(workDirectoryOf(job)),
    spoolDirectory: target.spool,
    scriptName: jobScriptName(job.name),
    stdoutName: `${logName}.out`,
    stderrName: `${logName}.err`,
    resources: {
      queue: queue?.mappedName ?? job.batch_queue,
      nodeCount: job.node_count,
      processorsPerNode: job.processors_per_node,
      memoryPerNodeGb: job.memory_per_node_gb,
      maxRunTimeSeconds: job.max_run_time_seconds,
      customDirectives: queue?.customDirectives ?? null,
    },
  };
}

function attributesOf(context: EngineContext, target: Target, job: JobRow): JobAttributes {
  const { service } = context;
  const queue = target.definition.queues.find(({ name }) => name === job.batch_queue);
  return {
    jobName: job.name,
    jobNameSlug: slug(job.name),
    jobId: job.id,
    appId: job.app_id,
    executionSystem: job.execution_system,
    batchQueue: job.batch_queue,
    batchQueueEffectiveName: queue?.mappedName ?? job.batch_queue,
    submitTime: service.formatTime(job.submit_time),
    archive: job.archive,
    archiveSystem: job.archive_system,
    archivePath: job.archive_path,
    archiveUrl: archiveUrl(service.publicUrl(), job),
    nodeCount: job.node_count,
    processorsPerNode: job.processors_per_node,
    memoryPerNodeGb: job.memory_per_node_gb,
    maxRunTimeSeconds: job.max_run_time_seconds,
    workPath: target.storage.hostPath(workDirectoryOf(job)),
    owner: job.owner,
    tenant: service.tenant,
    baseUrl: service.publicUrl(),
  };
}

function archiveUrl(publicUrl: string, job: JobRow): string | null {
  if (job.archive_system === null || job.archive_path === null) return null;
  const path = job.archive_path.split('/').map(encodeURIComponent).join('/');
  return `${publicUrl}/files/v2/media/system/${encodeURIComponent(job.archive_system)}/${path}`;
}

function inputValues(app: AppDefinition, job: JobRow): InputValue[] {
  return app.inputs.map(({ id, details }) => ({
    id,
    ...details,
    fileNames: (job.inputs[id] ?? []).map(fileNameOf),
  }));
}

function fileNameOf(uri: string): string {
  const location = parseInputUri(uri, { systemId: '' });
  if (location.kind === 'system') return baseName(`/${location.path}`);
  return location.kind === 'url' ? location.name : '';
}

function parameterValues(app: AppDefinition, job: JobRow): ParameterValue[] {
  return app.parameters.map(({ id, details, value }) => {
    const given = job.parameters[id];
    const values = given === undefined ? [] : typeof given === 'object' ? given : [given];
    return { id, ...details, type: value.type, values };
  });
}
