import type {
  AppRequestBody,
  JobRequestBody,
  QueryInputOf,
  ResolvedJobRequest,
  SystemRequestBody,
} from '@arras/contract';
import { type ClientSettings, createCall } from './call.ts';
import { notificationCalls } from './notification-calls.ts';
import type { Call, CallOptions } from './operation.ts';
import { type WatchOptions, watchJob } from './watch-job.ts';

/** A client of one service for one user. */
export type Client = ReturnType<typeof createClient>;

/** A client. Nothing is sent before the first call. */
export function createClient(settings: ClientSettings) {
  const call = createCall(settings);
  return {
    /** Calls any operation by its id. */
    call,
    jobs: jobCalls(call),
    notifications: notificationCalls(call),
    systems: systemCalls(call),
    apps: appCalls(call),
    profiles: profileCalls(call),
    tokens: tokenCalls(call),
  };
}

function jobCalls(call: Call) {
  return {
    /** Submits a job. Without a key of the caller's a random one is sent, so that the submission can be repeated. */
    submit: (body: JobRequestBody, { idempotencyKey }: { idempotencyKey?: string | undefined } = {}) =>
      call('submitJob', { body, headers: { 'idempotency-key': idempotencyKey } }),
    /** Checks a request without storing anything: what the job would become. */
    check: async (body: JobRequestBody): Promise<ResolvedJobRequest> => {
      const resolved: unknown = await call('submitJob', { body, query: { dryRun: true } });
      // The route's alternative success; the types know only the ordinary one.
      return resolved as ResolvedJobRequest;
    },
    list: (query: QueryInputOf<'listJobs'> = {}) => call('listJobs', { query }),
    show: (id: string) => call('showJob', { params: { id } }),
    status: (id: string) => call('showJobStatus', { params: { id } }),
    history: (id: string, query: QueryInputOf<'listJobHistory'> = {}) =>
      call('listJobHistory', { params: { id }, query }),
    /** Lets the program end: STOPPED. */
    stop: (id: string) => call('actOnJob', { params: { id }, body: { action: 'stop' } }),
    /** Ends the program at once: KILLED. */
    kill: (id: string) => call('actOnJob', { params: { id }, body: { action: 'kill' } }),
    delete: (id: string) => call('deleteJob', { params: { id } }),
    /** Every change until the job has ended; see {@link watchJob}. */
    watch: (id: string, options: WatchOptions = {}) => watchJob(call, id, options),
    outputs: {
      /** Files and directories at a path of the job's directory; without a path at its top. */
      list: (id: string, path = '', query: QueryInputOf<'listJobOutputs'> = {}) =>
        call('listJobOutputs', { params: { id, path }, query }),
      /** The bytes of a file; `range` such as `bytes=1024-`. */
      download: (
        id: string,
        path: string,
        { range, signal }: { range?: string | undefined; signal?: AbortSignal } = {},
      ) => call('downloadJobOutput', { params: { id, path }, headers: { range }, signal }),
    },
    permissions: jobPermissionCalls(call),
  };
}

/** Who may see a job and change it; the user `world` is everybody. */
function jobPermissionCalls(call: Call) {
  type Permission = CallOptions<'grantJobPermission'>['body']['permission'];
  return {
    list: (id: string, query: QueryInputOf<'listJobPermissions'> = {}) =>
      call('listJobPermissions', { params: { id }, query }),
    show: (id: string, username: string) => call('showJobPermission', { params: { id, username } }),
    /** Replaces what the user had; NONE takes everything away. */
    grant: (id: string, username: string, permission: Permission) =>
      call('grantJobPermission', { params: { id }, body: { username, permission } }),
    revoke: (id: string, username: string) => call('revokeJobPermission', { params: { id, username } }),
    /** Takes all permissions away but the owner's. */
    drop: (id: string) => call('revokeJobPermissions', { params: { id } }),
  };
}

function systemCalls(call: Call) {
  type Action = CallOptions<'actOnSystem'>['body']['action'];
  return {
    list: (query: QueryInputOf<'listSystems'> = {}) => call('listSystems', { query }),
    show: (id: string) => call('showSystem', { params: { id } }),
    create: (body: SystemRequestBody) => call('createSystem', { body }),
    update: (id: string, body: CallOptions<'updateSystem'>['body']) =>
      call('updateSystem', { params: { id }, body }),
    delete: (id: string) => call('deleteSystem', { params: { id } }),
    /** Enables, disables, publishes or prefers a system. */
    act: (id: string, action: Action) => call('actOnSystem', { params: { id }, body: { action } }),
    queues: (id: string, query: QueryInputOf<'listSystemQueues'> = {}) =>
      call('listSystemQueues', { params: { id }, query }),
    roles: {
      list: (id: string, query: QueryInputOf<'listSystemRoles'> = {}) =>
        call('listSystemRoles', { params: { id }, query }),
      show: (id: string, username: string) => call('showSystemRole', { params: { id, username } }),
      grant: (id: string, username: string, role: string) =>
        call('grantSystemRole', { params: { id }, body: { username, role } }),
      revoke: (id: string, username: string) => call('revokeSystemRole', { params: { id, username } }),
    },
  };
}

function appCalls(call: Call) {
  type Action = CallOptions<'actOnApp'>['body']['action'];
  return {
    list: (query: QueryInputOf<'listApps'> = {}) => call('listApps', { query }),
    show: (id: string) => call('showApp', { params: { id } }),
    create: (body: AppRequestBody) => call('createApp', { body }),
    update: (id: string, body: AppRequestBody) => call('updateApp', { params: { id }, body }),
    delete: (id: string) => call('deleteApp', { params: { id } }),
    /** Enables, disables, publishes or unpublishes an app. */
    act: (id: string, action: Action) => call('actOnApp', { params: { id }, body: { action } }),
  };
}

function profileCalls(call: Call) {
  return {
    list: (query: QueryInputOf<'listProfiles'> = {}) => call('listProfiles', { query }),
    /** The name `me` shows the caller. */
    show: (username: string) => call('showProfile', { params: { username } }),
    create: (body: CallOptions<'createProfile'>['body']) => call('createProfile', { body }),
    delete: (username: string) => call('deleteProfile', { params: { username } }),
  };
}

function tokenCalls(call: Call) {
  return {
    list: (query: QueryInputOf<'listTokens'> = {}) => call('listTokens', { query }),
    /** The secret is in this answer and nowhere else. */
    create: (body: CallOptions<'createToken'>['body']) => call('createToken', { body }),
    revoke: (id: string) => call('revokeToken', { params: { id } }),
  };
}
