import type { Client } from '@arras/client';
import { type NotificationSummary, RESOURCE_CODES, SUBSCRIPTION_STATUSES } from '@arras/contract';
import { EXIT } from './exit-codes.ts';
import { fits } from './job-id.ts';
import { Refusal } from './refusal.ts';
import { readAllPages } from './remote/all-pages.ts';

const ENDING = `-${RESOURCE_CODES.notification}`;

/** The id of a subscription from what a person types: the id, `last`, or the beginning or end of one. */
export async function resolveSubscriptionId(client: Client, typed: string): Promise<string> {
  if (/^[0-9a-f-]{36,40}$/.test(typed) && typed.endsWith(ENDING)) return typed;
  const found =
    typed === 'last'
      ? await findNewest(client)
      : (await listEveryStatus(client)).filter(({ id }) => fits(id, typed, ENDING));
  const [only, ...others] = found;
  if (only === undefined) throw refuseNone(typed);
  if (others.length > 0) throw refuseSeveral(typed, found);
  return only.id;
}

/** Subscriptions of every status: the listing without one shows active ones only. */
export async function listEveryStatus(
  client: Client,
  query: { readonly filter?: string } = {},
): Promise<NotificationSummary[]> {
  const pages = SUBSCRIPTION_STATUSES.map((status) =>
    readAllPages((page) => client.notifications.list({ ...query, ...page, status })),
  );
  return (await Promise.all(pages)).flat();
}

async function findNewest(client: Client): Promise<NotificationSummary[]> {
  const newest = SUBSCRIPTION_STATUSES.map((status) => client.notifications.list({ status, limit: 1 }));
  const all = (await Promise.all(newest)).flat();
  return all.toSorted((a, b) => Date.parse(b.created) - Date.parse(a.created)).slice(0, 1);
}

function refuseNone(typed: string): Refusal {
  return new Refusal({
    what:
      typed === 'last' ? 'You have no subscriptions yet.' : `No subscription of yours is called ${typed}.`,
    why: 'Expected the id of a subscription, its beginning or end, or the word last.',
    todo: 'arras notifications list',
    exitCode: EXIT.notFound,
  });
}

function refuseSeveral(typed: string, found: readonly NotificationSummary[]): Refusal {
  const shown = found.slice(0, 5).map(({ id, event }) => `${id} (${event})`);
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : '';
  return new Refusal({
    what: `${typed} fits ${found.length} subscriptions.`,
    why: `They are ${shown.join(', ')}${more}.`,
    todo: 'Type more of the id.',
  });
}
