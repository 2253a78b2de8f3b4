import type { Client } from '@arras/client';
import { type PostitView, renderPath } from '@arras/contract';
import { type OutputOptions, printResult, printRows } from '../print.ts';
import { readAddress } from '../remote/file-places.ts';
import type { Invocation } from '../runner.ts';
import type { Column } from '../table.ts';
import type { ListOptions } from './job-list.ts';
import { parseTime } from './watch.ts';

/** Options of a new postit. */
export interface PostitOptions extends OutputOptions {
  readonly lifetime?: string;
  readonly maxUses?: string;
  readonly unlimited?: boolean;
}

/** Makes an address that anybody can read for a while; prints it. */
export async function createPostit(
  { session, client, lookup, options }: Invocation<PostitOptions>,
  target: string,
): Promise<void> {
  const lifetimeMs = parseTime('--lifetime', options.lifetime);
  const postit = await client().call('createPostit', {
    body: {
      url: await resolveTarget(lookup(), target),
      maxUses: options.maxUses,
      unlimited: options.unlimited,
      ...(lifetimeMs !== undefined && { lifetime: Math.ceil(lifetimeMs / 1_000) }),
    },
  });
  await printResult(session, options, { result: postit, human: () => `${postit._links.self.href}\n` });
  const uses = postit.remainingUses === null ? '' : `, ${postit.remainingUses} times`;
  session.say(`Whoever has the address can read it until ${session.ago(postit.expires)}${uses}.\n`);
}

/** The address of a file on a system; other addresses are of this service already. */
async function resolveTarget(api: Client, target: string): Promise<string> {
  if (/^https?:/i.test(target)) return target;
  const { systemId, path } = readAddress(target);
  const { _links } = await api.profiles.show('me');
  const base = _links.self.href.replace(/\/profiles\/v2\/[^/]*$/, '');
  return `${base}${renderPath('downloadFile', { systemId, path })}`;
}

/** Lists the postits that can still be used. */
export async function listPostits({ session, client, options }: Invocation<ListOptions>): Promise<void> {
  const { limit, offset } = options;
  const rows = await client().call('listPostits', { query: { limit, offset } });
  const columns: readonly Column<PostitView>[] = [
    { title: 'postit', cell: ({ postit }) => postit },
    { title: 'uses left', cell: ({ remainingUses }) => remainingUses ?? 'any' },
    { title: 'expires', cell: ({ expires }) => session.ago(expires) },
    { title: 'address', cell: ({ url }) => url, shrink: 'end' },
  ];
  await printRows(session, options, { rows, columns, whenEmpty: 'No postits.' });
}

/** Deletes a postit. */
export async function deletePostit({ session, client }: Invocation<unknown>, postit: string): Promise<void> {
  await client().call('deletePostit', { params: { postit } });
  session.say(`Deleted ${postit}; its address is refused from now on.\n`);
}
