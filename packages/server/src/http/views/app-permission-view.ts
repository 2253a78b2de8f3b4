import type { AppPermissionView } from '@arras/contract';
import type { AppAccess } from '../../database/apps.ts';
import type { ViewContext } from '../../events/view-context.ts';
import { linkTo } from './links.ts';

/** What one user may do with an app. */
export function renderAppPermission(
  context: ViewContext,
  appId: string,
  { username, can_read, can_write, can_execute }: AppAccess & { readonly username: string },
): AppPermissionView {
  return {
    username,
    permission: { read: can_read, write: can_write, execute: can_execute },
    _links: {
      self: linkTo(context, 'apps', 'v2', appId, 'pems', username),
      app: linkTo(context, 'apps', 'v2', appId),
      profile: linkTo(context, 'profiles', 'v2', username),
    },
  };
}
