import { ApiError, type AppRequest, type JobId, type JobRequest, suggestion } from '@arras/contract';
import { type DefinedApp, findViewedApp } from '../../database/apps.ts';
import { listViewedApps } from '../../database/list-apps.ts';
import type { NewSubscription } from '../../database/subscriptions.ts';
import {
  findDefaultSystem,
  findViewedSystem,
  type ViewedSystem,
  type Viewer,
} from '../../database/systems.ts';
import { mayUseSystem } from '../../domain/access.ts';
import { type ResolvedJob, resolveJob } from '../../domain/resolve-job.ts';
import { findsMatch } from '../../domain/validator.ts';
import type { StoredExecutionSystem } from '../../events/job-surroundings.ts';
import type { HttpContext } from '../context.ts';
import { findArchiveProblem } from './check-archive.ts';
import { findInputProblems } from './check-inputs.ts';
import { refusePlaces } from './place-problems.ts';
import { prepareSubscriptions } from './prepare-subscriptions.ts';

/** A request that may become a job. */
export interface PreparedJob {
  readonly id: JobId;
  readonly owner: string;
  readonly request: JobRequest;
  readonly app: DefinedApp;
  readonly resolved: ResolvedJob;
  /** Subscriptions that come with the job. */
  readonly subscriptions: readonly NewSubscription[];
}

/**
 * Checks a request against app, systems and files and fills in every default. Throws {@link ApiError} with all
 * problems that can be known at once; nothing is stored.
 */
export async function prepareJob(
  context: HttpContext,
  viewer: Viewer,
  request: JobRequest,
): Promise<PreparedJob> {
  const app = await getRunnableApp(context, viewer, request);
  const system = await getRunnableSystem(context, viewer, app);
  const id = context.newId('job');
  const resolved = await resolve(context, viewer, { id, request, app, system });
  const [inputProblems, archiveProblem] = await Promise.all([
    findInputProblems(context, viewer, resolved.inputs),
    findArchiveProblem(context, viewer, resolved.archive),
  ]);
  const subscriptions = prepareSubscriptions(context, { id, owner: viewer.username }, request.notifications);
  refusePlaces(archiveProblem === null ? inputProblems : [...inputProblems, archiveProblem]);
  return { id, owner: viewer.username, request, app, resolved, subscriptions };
}

/** Most apps that a mistyped id is compared with. */
const COMPARED_APPS = 250;

async function getRunnableApp({ db }: HttpContext, viewer: Viewer, request: JobRequest): Promise<DefinedApp> {
  const app = await findViewedApp(db, viewer, request.appId);
  if (app === null) {
    const others = await listViewedApps(db, viewer, { terms: [], limit: COMPARED_APPS, offset: 0 });
    const hint = suggestion(
      request.appId,
      others.map((other) => other.id),
    );
    const problem = {
      field: 'appId',
      message: `no app with the id "${request.appId}" is visible to you${hint}`,
    };
    throw new ApiError('request.invalid', { problems: [problem] });
  }
  if (!app.can_execute)
    throw new ApiError('app.not-permitted', { message: `You may not run the app ${app.id}.` });
  if (!app.available) throw new ApiError('app.unavailable', { message: `App ${app.id} is not available.` });
  const asked = request.executionSystem;
  if (asked !== undefined && asked !== app.execution_system) {
    const message = `App ${app.id} runs on system ${app.execution_system} and not on ${asked}; leave executionSystem out.`;
    throw new ApiError('system.not-permitted', { message });
  }
  return app;
}

async function getRunnableSystem(
  { db }: HttpContext,
  viewer: Viewer,
  app: DefinedApp,
): Promise<ViewedSystem> {
  const id = app.execution_system;
  const system = await findViewedSystem(db, viewer, id);
  if (system === null || !mayUseSystem(system.role, 'run')) {
    throw new ApiError('system.not-permitted', { message: `You may not run jobs on system ${id}.` });
  }
  const { status } = system.definition as unknown as StoredExecutionSystem;
  if (system.available && status === 'UP') return system;
  const state = system.available ? status : 'disabled';
  throw new ApiError('system.unavailable', { message: `System ${id} is ${state}.` });
}

async function resolve(
  context: HttpContext,
  viewer: Viewer,
  given: {
    readonly id: JobId;
    readonly request: JobRequest;
    readonly app: DefinedApp;
    readonly system: ViewedSystem;
  },
): Promise<ResolvedJob> {
  const storage = await findDefaultSystem(context.db, viewer, 'STORAGE');
  const { queues } = given.system.definition as unknown as StoredExecutionSystem;
  const resolved = resolveJob(given.request, {
    jobId: given.id,
    owner: viewer.username,
    appId: given.app.id,
    // Written by the app routes from a parsed request, never by hand.
    app: given.app.definition as unknown as AppRequest,
    system: { id: given.system.id, queues },
    defaultStorageId: storage?.id ?? null,
    publicUrl: context.publicUrl(),
    created: context.formatTime(context.now()),
    tenant: context.tenant,
    findsMatch,
  });
  if (resolved.ok) return resolved.value;
  throw new ApiError('request.invalid', { problems: resolved.problems });
}
