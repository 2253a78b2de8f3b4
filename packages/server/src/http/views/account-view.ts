import type { ProfileView, TokenView } from '@arras/contract';
import type { ProfileRow, TokenRow } from '../../database/tables.ts';
import type { ViewContext } from '../../events/view-context.ts';
import { linkTo } from './links.ts';

/** A user without anything to sign in with. */
export function renderProfile(context: ViewContext, profile: ProfileRow): ProfileView {
  const { username, email, first_name, last_name, phone, mobile_phone } = profile;
  return {
    uid: profile.uuid,
    username,
    email,
    first_name: orNull(first_name),
    last_name: orNull(last_name),
    full_name: orNull([first_name, last_name].join(' ').trim()),
    phone: orNull(phone),
    mobile_phone: orNull(mobile_phone),
    status: profile.disabled_at === null ? 'ACTIVE' : 'DISABLED',
    admin: profile.is_admin,
    _links: { self: linkTo(context, 'profiles', 'v2', username) },
  };
}

/** A token without its secret, which nobody has any more. */
export function renderToken(context: ViewContext, token: TokenRow): TokenView {
  return {
    id: token.id,
    username: token.username,
    name: token.name,
    description: token.description,
    kind: token.kind,
    scopes: token.scopes === null ? null : [...token.scopes],
    madeWith: token.begun_with,
    created: context.formatTime(token.created_at),
    expires: token.expires_at === null ? null : context.formatTime(token.expires_at),
    lastUsed: token.last_used_at === null ? null : context.formatTime(token.last_used_at),
    _links: { self: linkTo(context, 'tokens', 'v2', token.id) },
  };
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
