import type { AppRequestBody, QueryInputOf } from '@arras/contract';
import type { Call, CallOptions } from './operation.ts';

type Action = Exclude<CallOptions<'actOnApp'>['body']['action'], 'clone'>;

/** Calls about apps. */
export function appCalls(call: Call) {
  return {
    list: (query: QueryInputOf<'listApps'> = {}) => call('listApps', { query }),
    show: (id: string) => call('showApp', { params: { id } }),
    create: (body: AppRequestBody) => call('createApp', { body }),
    update: (id: string, body: AppRequestBody) => call('updateApp', { params: { id }, body }),
    delete: (id: string) => call('deleteApp', { params: { id } }),
    /** Enables, disables, publishes, unpublishes or erases an app. Publishing answers with the app that is public. */
    act: (id: string, action: Action) => call('actOnApp', { params: { id }, body: { action } }),
    /** Makes an app of the caller like another; what is given replaces what that has. */
    clone: (id: string, own: Omit<CallOptions<'actOnApp'>['body'], 'action'>) =>
      call('actOnApp', { params: { id }, body: { action: 'clone', ...own } }),
    /** What happened to an app, oldest first. */
    history: (id: string, query: QueryInputOf<'listAppHistory'> = {}) =>
      call('listAppHistory', { params: { id }, query }),
    /** Who may see, change and run an app. */
    permissions: {
      list: (id: string, query: QueryInputOf<'listAppPermissions'> = {}) =>
        call('listAppPermissions', { params: { id }, query }),
      show: (id: string, username: string) => call('showAppPermission', { params: { id, username } }),
      /** `permission`: READ, EXECUTE, READ_EXECUTE, ALL and their like; it replaces what the user had. */
      grant: (id: string, username: string, permission: string) =>
        call('grantAppPermission', { params: { id }, body: { username, permission } }),
      revoke: (id: string, username: string) => call('revokeAppPermission', { params: { id, username } }),
      drop: (id: string) => call('revokeAppPermissions', { params: { id } }),
    },
  };
}
