import { ApiError, type AppRequest, type FieldProblem, SYSTEMS_FOR_APPS } from '@arras/contract';
import { findDefaultSystem, findViewedSystem, type ViewedSystem, type Viewer } from '../database/systems.ts';
import { mayRegisterApp, mayUseSystem } from '../domain/access.ts';
import { JobFault } from '../domain/failure.ts';
import { joinPath } from '../domain/paths.ts';
import { findPatternProblem } from '../domain/validator.ts';
import type { AppDefinition } from '../engine/app-definitions.ts';
import { type Storage, StorageError } from '../storage/storage.ts';
import type { HttpContext } from './context.ts';
import { mayUsePath } from './submission/user-space-access.ts';
import { definitionOf } from './views/system-view.ts';

/**
 * Checks what the schema cannot (systems, queue, validators, files of the app) and reports all problems at once.
 * Returns the app as it is to be stored. Throws ApiError.
 */
export async function checkApp(
  context: HttpContext,
  viewer: Viewer,
  app: AppRequest,
): Promise<AppDefinition> {
  const execution = await findExecution(context, viewer, app);
  const deployment = await findDeployment(context, viewer, app);
  const fileProblems = isProblem(deployment)
    ? [deployment]
    : await findFileProblems(context, viewer, app, deployment);
  const systemProblems = isProblem(execution) ? [execution] : findMisfits(app, execution);
  const problems = [...systemProblems, ...fileProblems, ...findPatternProblems(app)];
  if (problems.length > 0 || isProblem(deployment)) throw new ApiError('request.invalid', { problems });
  return { ...app, deploymentSystem: deployment.id };
}

function isProblem(found: ViewedSystem | FieldProblem): found is FieldProblem {
  return 'field' in found;
}

async function findExecution(
  { db }: HttpContext,
  viewer: Viewer,
  { executionSystem: id }: AppRequest,
): Promise<ViewedSystem | FieldProblem> {
  const system = await findViewedSystem(db, viewer, id);
  if (system === null) return { field: 'executionSystem', message: `no system ${id} is visible to you` };
  if (mayRegisterApp(system.role, definitionConnections(system))) return system;
  throw new ApiError('access.forbidden', {
    message: `You may not register apps on ${id}: your role there is ${system.role}. Ask an administrator of the system for the role ${mayUseSystem(system.role, 'run') ? 'PUBLISHER' : 'USER'}.`,
  });
}

function definitionConnections(system: ViewedSystem) {
  const definition = definitionOf(system);
  return {
    storage: definition.storage,
    login: definition.type === 'EXECUTION' ? definition.login : undefined,
  };
}

async function findDeployment(
  { db }: HttpContext,
  viewer: Viewer,
  { deploymentSystem: id }: AppRequest,
): Promise<ViewedSystem | FieldProblem> {
  const field = 'deploymentSystem';
  const system =
    id === undefined
      ? await findDefaultSystem(db, viewer, 'STORAGE')
      : await findViewedSystem(db, viewer, id);
  if (system !== null && mayUseSystem(system.role, 'readFiles')) return system;
  if (system !== null)
    return { field, message: `your role on ${system.id} is ${system.role}, which may not read files` };
  if (id !== undefined) return { field, message: `no system ${id} is visible to you` };
  return { field, message: 'is required, because you have no default storage system' };
}

function findMisfits(app: AppRequest, system: ViewedSystem): FieldProblem[] {
  const definition = definitionOf(system);
  if (definition.type !== 'EXECUTION') {
    return [
      { field: 'executionSystem', message: `${system.id} is a storage system, expected an execution system` },
    ];
  }
  const problems: FieldProblem[] = [];
  const fitting: readonly string[] = SYSTEMS_FOR_APPS[app.executionType];
  if (!fitting.includes(definition.executionType)) {
    const message = `an app of the type ${app.executionType} runs on ${fitting.join(' or ')}, and ${system.id} is ${definition.executionType}`;
    problems.push({ field: 'executionType', message });
  }
  const queues = definition.queues.map(({ name }) => name);
  if (app.defaultQueue !== null && !queues.includes(app.defaultQueue)) {
    const message = `expected a queue of ${system.id} (${queues.join(', ')}), got ${JSON.stringify(app.defaultQueue)}`;
    problems.push({ field: 'defaultQueue', message });
  }
  return problems;
}

/** The directory and the wrapper template must be there: nobody learns so late as from a failed job. */
async function findFileProblems(
  context: HttpContext,
  viewer: Viewer,
  app: AppRequest,
  deployment: ViewedSystem,
): Promise<FieldProblem[]> {
  refuseUnusable(deployment);
  const place = await context.targets.getPlace(deployment.id);
  const directory = resolveDirectory(place.resolve, app.deploymentPath);
  if (typeof directory !== 'string') return [directory];
  if (!(await mayUsePath(context.db, viewer, deployment, directory))) {
    return [
      {
        field: 'deploymentPath',
        message: `${app.deploymentPath} on ${deployment.id} belongs to another user`,
      },
    ];
  }
  const where = `on ${deployment.id}`;
  const type = await typeOf(place.storage, directory);
  if (type !== 'dir') {
    return [{ field: 'deploymentPath', message: noDirectory(app.deploymentPath, where, type) }];
  }
  if ((await typeOf(place.storage, joinPath(directory, app.templatePath))) === 'file') return [];
  return [
    {
      field: 'templatePath',
      message: `there is no file ${app.templatePath} in ${app.deploymentPath} ${where}`,
    },
  ];
}

/** Public apps of other services of the API are zip archives. */
function noDirectory(path: string, where: string, type: 'file' | null): string {
  if (type === 'file' && path.toLowerCase().endsWith('.zip'))
    return `${path} ${where} is an archive, expected a directory; unpack it there and name the directory`;
  return `there is no directory ${path} ${where}; upload the app first`;
}

function refuseUnusable(deployment: ViewedSystem): void {
  const { status } = definitionOf(deployment);
  if (deployment.available && status === 'UP') return;
  throw new ApiError('system.unavailable', {
    message: `The files of the app cannot be looked at: the system ${deployment.id} is ${deployment.available ? status : 'disabled'}.`,
  });
}

function resolveDirectory(resolve: (path: string) => string, path: string): string | FieldProblem {
  try {
    return resolve(path);
  } catch (error) {
    if (error instanceof JobFault) return { field: 'deploymentPath', message: error.message };
    throw error;
  }
}

/** Links and special files count as missing: the service does not follow them. */
async function typeOf(storage: Storage, path: string): Promise<'file' | 'dir' | null> {
  try {
    return (await storage.find(path))?.type ?? null;
  } catch (error) {
    if (error instanceof StorageError && (error.code === 'forbidden' || error.code === 'not-a-directory'))
      return null;
    throw error;
  }
}

function findPatternProblems(app: AppRequest): FieldProblem[] {
  const lists = { inputs: app.inputs, parameters: app.parameters, outputs: app.outputs };
  return Object.entries(lists).flatMap(([list, definitions]) =>
    definitions.flatMap(({ value }, index) => {
      const message = value.validator === null ? null : findPatternProblem(value.validator);
      return message === null ? [] : [{ field: `${list}.${index}.value.validator`, message }];
    }),
  );
}
