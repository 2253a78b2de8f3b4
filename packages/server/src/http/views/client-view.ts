import type { ClientView } from '@arras/contract';
import type { ClientRow } from '../../database/tables.ts';
import type { ViewContext } from '../../events/view-context.ts';
import { linkTo } from './links.ts';

/** A client without its secret, which nobody has any more. */
export function renderClient(context: ViewContext, client: ClientRow): ClientView {
  const { name, username } = client;
  return {
    name,
    description: client.description,
    consumerKey: client.consumer_key,
    callbackUrl: client.callback_url,
    tier: client.tier,
    created: context.formatTime(client.created_at),
    _links: {
      self: linkTo(context, 'clients', 'v2', name),
      subscriber: linkTo(context, 'profiles', 'v2', username),
      subscriptions: linkTo(context, 'clients', 'v2', name, 'subscriptions'),
    },
  };
}
