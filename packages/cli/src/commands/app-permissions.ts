import type { CallOptions } from '@arras/client';
import type { AppPermissionView } from '@arras/contract';
import { type OutputOptions, printRows } from '../print.ts';
import type { Invocation } from '../runner.ts';
import type { ListOptions } from './job-list.ts';
import { PERMISSION_COLUMNS } from './job-permissions.ts';

/** Lists who may see, change or run an app. */
export async function listAppPermissions(
  { session, client, options }: Invocation<ListOptions>,
  id: string,
): Promise<void> {
  const { limit, offset } = options;
  const rows = await client().call('listAppPermissions', { params: { id }, query: { limit, offset } });
  await printPermissions({ session, options }, rows);
}

/** Shows what one user may do with an app. */
export async function showAppPermission(
  { session, client, options }: Invocation<OutputOptions>,
  id: string,
  username: string,
): Promise<void> {
  const row = await client().call('showAppPermission', { params: { id, username } });
  await printPermissions({ session, options }, [row]);
}

/** Lets a user see, change or run an app. */
export async function grantAppPermission(
  { session, client, options }: Invocation<OutputOptions>,
  id: string,
  body: { readonly username: string; readonly permission: string },
): Promise<void> {
  // The service knows the words, and says so about others.
  const given = body as CallOptions<'grantAppPermission'>['body'];
  const row = await client().call('grantAppPermission', { params: { id }, body: given });
  await printPermissions({ session, options }, [row]);
}

/** Takes the permission of one user away, or those of all but the owner. */
export async function revokeAppPermission(
  { session, client }: Invocation<unknown>,
  id: string,
  username: string | null,
): Promise<void> {
  if (username === null) await client().call('revokeAppPermissions', { params: { id } });
  else await client().call('revokeAppPermission', { params: { id, username } });
  session.say(
    `${username ?? 'Nobody but the owner'} has ${username === null ? 'a' : 'no'} permission on ${id}.\n`,
  );
}

function printPermissions(
  { session, options }: Pick<Invocation<OutputOptions>, 'session' | 'options'>,
  rows: readonly AppPermissionView[],
): Promise<void> {
  return printRows(session, options, {
    rows,
    columns: PERMISSION_COLUMNS,
    whenEmpty: 'Nobody but the owner.',
  });
}
