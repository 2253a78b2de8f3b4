import type { FilePermissionView } from '@arras/contract';
import { fileUrl, type SystemPath } from '../../events/file-links.ts';
import type { ViewContext } from '../../events/view-context.ts';
import { linkTo } from './links.ts';

/** What one user may do with a path. */
export function renderFilePermission(
  context: Pick<ViewContext, 'publicUrl'>,
  at: SystemPath,
  entry: {
    readonly username: string;
    readonly read: boolean;
    readonly write: boolean;
    readonly execute: boolean;
    readonly recursive: boolean;
  },
): FilePermissionView {
  const { username, read, write, execute, recursive } = entry;
  const pems = fileUrl(context, 'pems', at);
  return {
    username,
    internalUsername: null,
    permission: { read, write, execute },
    recursive,
    _links: {
      self: { href: `${pems}?username=${encodeURIComponent(username)}` },
      file: { href: fileUrl(context, 'listings', at) },
      profile: linkTo(context, 'profiles', 'v2', username),
    },
  };
}
