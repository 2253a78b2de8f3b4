import type { PostitView } from '@arras/contract';
import type { PostitRow } from '../../database/postits.ts';
import type { ViewContext } from '../../events/view-context.ts';
import { linkTo } from './links.ts';

/** A postit as its creator sees it. */
export function renderPostit(context: ViewContext, row: PostitRow, postit: string): PostitView {
  const { creator, url, authenticated, attachment, remaining_uses } = row;
  return {
    postit,
    creator,
    internalUsername: null,
    authenticated,
    noauth: !authenticated,
    url,
    method: 'GET',
    created: context.formatTime(row.created_at),
    expires: context.formatTime(row.expires_at),
    remainingUses: remaining_uses,
    unlimited: remaining_uses === null,
    force: attachment,
    _links: {
      self: linkTo(context, 'postits', 'v2', postit),
      profile: linkTo(context, 'profiles', 'v2', creator),
      file: { href: `${context.publicUrl()}${row.target}` },
    },
  };
}
