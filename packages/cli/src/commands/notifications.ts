import type { CallOptions } from '@arras/client';
import { type NotificationSummary, type NotificationView, policyText } from '@arras/contract';
import { readTyped, resolveJobId } from '../job-id.ts';
import { type OutputOptions, printPairs, printResult, printRows } from '../print.ts';
import { readDocument } from '../read-document.ts';
import type { Invocation } from '../runner.ts';
import { resolveSubscriptionId } from '../subscription-id.ts';
import type { Column } from '../table.ts';
import type { Tone } from '../terminal.ts';
import { printChanged } from './documents.ts';
import type { ListOptions } from './job-list.ts';

/** Options of the listing. */
export interface SubscriptionListOptions extends ListOptions {
  readonly status?: string;
  readonly event?: string;
}

/** Options of a new subscription, or of a change to one. */
export interface SubscriptionOptions extends OutputOptions {
  readonly file?: string;
  readonly url?: string;
  readonly event?: string;
  readonly job?: string;
  readonly associatedUuid?: string;
  readonly persistent?: boolean;
  readonly secret?: boolean;
  readonly retryStrategy?: string;
  readonly retryLimit?: string;
  readonly retryRate?: string;
  readonly retryDelay?: string;
  readonly saveOnFailure?: boolean;
}

const STATUS_TONES = {
  ACTIVE: 'active',
  COMPLETE: 'ok',
  FAILED: 'fail',
  INACTIVE: 'idle',
} as const satisfies Record<NotificationView['status'], Tone>;

/** Lists subscriptions, of one resource where one is named. */
export async function listSubscriptions(
  { session, client, options }: Invocation<SubscriptionListOptions>,
  associatedUuid?: string,
): Promise<void> {
  const { limit, offset, status, event } = options;
  const columns: Column<NotificationSummary>[] = [
    { title: 'id', cell: (row) => row.id },
    { title: 'event', cell: (row) => row.event },
    { title: 'url', cell: (row) => row.url, shrink: 'middle' },
    { title: 'about', cell: (row) => row.associatedUuid, shrink: 'middle', dispensable: true },
    { title: 'persistent', cell: (row) => (row.persistent ? 'yes' : ''), dispensable: true },
    { title: 'status', cell: (row) => row.status, tone: (row) => STATUS_TONES[row.status] },
    { title: 'created', cell: (row) => session.ago(row.created) },
  ];
  const rows = await client().notifications.list({ limit, offset, status, event, associatedUuid });
  const whenEmpty = `No subscriptions. Make one: ${session.program} notifications create --job last --event FINISHED --url URL`;
  await printRows(session, options, { rows, columns, whenEmpty });
}

/** Shows one subscription; its secret is never shown again. */
export async function showSubscription(
  { session, client, lookup, options }: Invocation<OutputOptions>,
  typed: string,
): Promise<void> {
  const api = client();
  const found = await api.notifications.show(await resolveSubscriptionId(lookup(), typed));
  await printPairs(session, options, { result: found, pairs: subscriptionPairs(found) });
}

function subscriptionPairs(found: NotificationView): [string, unknown][] {
  const failed =
    found.lastSent === null
      ? null
      : `attempt ${found.attempts} at ${found.lastSent}${found.responseCode === null ? '' : `, code ${found.responseCode}`}`;
  return [
    ['id', found.id],
    ['status', found.status],
    ['event', found.event],
    ['about', found.associatedUuid],
    ['url', found.url],
    ['persistent', found.persistent ? 'yes' : 'no, it ends with its first delivery'],
    ['signed', found.signed ? 'yes' : 'no'],
    ['retries', policyText(found.policy)],
    ['oldest failure', failed],
    ['owner', found.owner],
    ['created', found.created],
    ['changed', found.lastUpdated],
  ];
}

/** Makes a subscription; its secret, if one is made, is said once. */
export async function createSubscription(call: Invocation<SubscriptionOptions>): Promise<void> {
  const api = call.client();
  const document = call.options.file === undefined ? {} : await readDocument(call.options.file);
  const given = await givenFields(call);
  // The service checks the request and names every problem at once; a second check here would only differ.
  const body = { ...document, ...given } as CallOptions<'createNotification'>['body'];
  const made = await api.notifications.create(body);
  const { persistent, event, associatedUuid, url: target } = made;
  const sentence = `${persistent ? 'Every' : 'The first'} ${event === '*' ? 'event' : event} of ${associatedUuid} goes to ${target}.`;
  await printChanged(call, { result: made, sentence });
  if (made.secret !== undefined) call.session.warn(`Its signing secret, shown only now: ${made.secret}\n`);
}

/** Changes what is given and keeps the rest. */
export async function updateSubscription(
  call: Invocation<SubscriptionOptions>,
  typed: string,
): Promise<void> {
  const api = call.client();
  const id = await resolveSubscriptionId(call.lookup(), typed);
  const document = call.options.file === undefined ? {} : await readDocument(call.options.file);
  const given = await givenFields(call);
  const changed = await api.notifications.update(id, { ...document, ...given });
  await printChanged(call, { result: changed, sentence: `${id} is changed and ${changed.status}.` });
}

async function givenFields({
  lookup,
  options,
}: Invocation<SubscriptionOptions>): Promise<Record<string, unknown>> {
  const { url, event, job, persistent, secret } = options;
  const associatedUuid = job === undefined ? options.associatedUuid : await resolveJobId(lookup(), job);
  const policy = withoutGaps({
    retryStrategy: options.retryStrategy,
    retryLimit: numberOr(options.retryLimit),
    retryRate: numberOr(options.retryRate),
    retryDelay: numberOr(options.retryDelay),
    saveOnFailure: options.saveOnFailure,
  });
  const hasPolicy = Object.keys(policy).length > 0;
  return withoutGaps({ url, event, associatedUuid, persistent, secret, ...(hasPolicy && { policy }) });
}

/** What is no number stays text, so that the service can say what it got. */
function numberOr(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}

function withoutGaps(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Deletes subscriptions; what waits is cancelled. */
export async function deleteSubscriptions(
  { session, client, lookup }: Invocation<unknown>,
  typed: readonly string[],
): Promise<void> {
  const api = client();
  for (const one of await readTyped(typed)) {
    const id = await resolveSubscriptionId(lookup(), one);
    await api.notifications.delete(id);
    session.say(`Deleted ${id}; what waited to be delivered is cancelled.\n`);
  }
}

/** Prints the new signing secret. */
export async function rotateSecret(
  { session, client, lookup, options }: Invocation<OutputOptions>,
  typed: string,
): Promise<void> {
  const api = client();
  const changed = await api.notifications.rotateSecret(await resolveSubscriptionId(lookup(), typed));
  await printResult(session, options, { result: changed, human: () => `${changed.secret ?? ''}\n` });
  session.say('This secret is shown only now. For 24 hours calls are signed with the former one as well.\n');
}
