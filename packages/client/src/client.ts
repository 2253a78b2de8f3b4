import type { QueryInputOf, SystemRequestBody } from '@arras/contract';
import { AnswerCache } from './answer-cache.ts';
import { appCalls } from './app-calls.ts';
import { type ClientSettings, createCall } from './call.ts';
import { fileCalls } from './file-calls.ts';
import { jobCalls } from './job-calls.ts';
import { createLink } from './link.ts';
import { metadataCalls } from './metadata-calls.ts';
import { notificationCalls } from './notification-calls.ts';
import type { Call, CallOptions } from './operation.ts';
import { postitCalls } from './postit-calls.ts';
import { uuidCalls } from './uuid-calls.ts';

/** A client of one service for one user. */
export type Client = ReturnType<typeof createClient>;

/** A client. Nothing is sent before the first call. */
export function createClient(settings: ClientSettings) {
  const cache = settings.cache === false ? null : new AnswerCache();
  const call = createCall(settings, cache);
  const link = createLink(settings, cache);
  return {
    /** Calls any operation by its id. */
    call,
    jobs: jobCalls(call, link),
    files: fileCalls(call, link),
    notifications: notificationCalls(call),
    systems: systemCalls(call),
    apps: appCalls(call),
    metadata: metadataCalls(call),
    postits: postitCalls(call),
    uuids: uuidCalls(call),
    profiles: profileCalls(call),
    tokens: tokenCalls(call),
  };
}

function systemCalls(call: Call) {
  type Action = Exclude<CallOptions<'actOnSystem'>['body']['action'], 'clone'>;
  return {
    list: (query: QueryInputOf<'listSystems'> = {}) => call('listSystems', { query }),
    show: (id: string) => call('showSystem', { params: { id } }),
    create: (body: SystemRequestBody) => call('createSystem', { body }),
    update: (id: string, body: CallOptions<'updateSystem'>['body']) =>
      call('updateSystem', { params: { id }, body }),
    delete: (id: string) => call('deleteSystem', { params: { id } }),
    /** Enables, disables, publishes, prefers or erases a system. */
    act: (id: string, action: Action) => call('actOnSystem', { params: { id }, body: { action } }),
    /** Makes a system of the caller like another, without its credentials. */
    clone: (id: string, cloneId: string) =>
      call('actOnSystem', { params: { id }, body: { action: 'clone', id: cloneId } }),
    /** What happened to a system, oldest first. */
    history: (id: string, query: QueryInputOf<'listSystemHistory'> = {}) =>
      call('listSystemHistory', { params: { id }, query }),
    queues: {
      list: (id: string, query: QueryInputOf<'listSystemQueues'> = {}) =>
        call('listSystemQueues', { params: { id }, query }),
      show: (id: string, queue: string) => call('showSystemQueue', { params: { id, queue } }),
      /** Adds the queue, or replaces the one of its name. */
      set: (id: string, body: CallOptions<'setSystemQueue'>['body']) =>
        call('setSystemQueue', { params: { id }, body }),
      delete: (id: string, queue: string) => call('removeSystemQueue', { params: { id, queue } }),
    },
    /** Enters the system as jobs would, and says of each step how it went. */
    check: (id: string) => call('checkSystem', { params: { id } }),
    /** How the service signs in; secrets go in and never come out. */
    credentials: {
      list: (id: string, query: QueryInputOf<'listSystemCredentials'> = {}) =>
        call('listSystemCredentials', { params: { id }, query }),
      set: (id: string, body: CallOptions<'setSystemCredentials'>['body']) =>
        call('setSystemCredentials', { params: { id }, body }),
      delete: (id: string, connection: 'login' | 'storage') =>
        call('removeSystemCredentials', { params: { id, connection } }),
    },
    roles: {
      list: (id: string, query: QueryInputOf<'listSystemRoles'> = {}) =>
        call('listSystemRoles', { params: { id }, query }),
      show: (id: string, username: string) => call('showSystemRole', { params: { id, username } }),
      grant: (id: string, username: string, role: string) =>
        call('grantSystemRole', { params: { id }, body: { username, role } }),
      revoke: (id: string, username: string) => call('revokeSystemRole', { params: { id, username } }),
      drop: (id: string) => call('revokeSystemRoles', { params: { id } }),
    },
  };
}

function profileCalls(call: Call) {
  return {
    list: (query: QueryInputOf<'listProfiles'> = {}) => call('listProfiles', { query }),
    /** The name `me` shows the caller. */
    show: (username: string) => call('showProfile', { params: { username } }),
    create: (body: CallOptions<'createProfile'>['body']) => call('createProfile', { body }),
    /** What is left out stays. A new password of one's own needs `current_password`. */
    update: (username: string, body: CallOptions<'updateProfile'>['body']) =>
      call('updateProfile', { params: { username }, body }),
    /** Lets somebody whom the OpenID provider knows sign in to the account. For administrators, as what follows. */
    link: (username: string, body: CallOptions<'linkIdentity'>['body']) =>
      call('linkIdentity', { params: { username }, body }),
    unlink: (username: string) => call('unlinkIdentity', { params: { username } }),
    /** Who joined or parted the account and the provider, newest first. */
    links: (username: string, query: QueryInputOf<'listIdentityHistory'> = {}) =>
      call('listIdentityHistory', { params: { username }, query }),
    /** Bars the user from signing in; `update` with the status ACTIVE takes it back. */
    delete: (username: string) => call('deleteProfile', { params: { username } }),
  };
}

function tokenCalls(call: Call) {
  return {
    list: (query: QueryInputOf<'listTokens'> = {}) => call('listTokens', { query }),
    /** The secret is in this answer and nowhere else. */
    create: (body: CallOptions<'createToken'>['body']) => call('createToken', { body }),
    /** With all that was made with it. */
    revoke: (id: string) => call('revokeToken', { params: { id } }),
  };
}
