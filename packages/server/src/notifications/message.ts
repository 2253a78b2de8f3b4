import type { JobView } from '@arras/contract';
import { openSigningSecrets, openUrl } from '../auth/subscription-secrets.ts';
import type { Message } from '../channels/channel.ts';
import type { ClaimedDelivery } from '../database/claim-deliveries.ts';
import { type DeliveryContent, storeContents } from '../database/deliveries.ts';
import type { JobRow } from '../database/tables.ts';
import {
  jobVariables,
  type PermissionChange,
  resourceVariables,
  type ToldKind,
} from '../domain/event-variables.ts';
import { type MailText, renderJobMail, renderResourceMail } from '../domain/mail-text.ts';
import { parseTemplate, resolveTemplate } from '../domain/template.ts';
import { findSurroundings } from '../events/job-surroundings.ts';
import { renderJob } from '../events/job-view.ts';
import type { NotificationContext } from './context.ts';
import { reviveJob } from './job-snapshot.ts';

/** What an attempt sends, and what of it may be shown. */
export type BuiltMessage = Omit<Message, 'attemptedAt'> & {
  /** The target without secrets, for lists and logs. */
  readonly shownTarget: string;
};

/** What a message says, before it is known where it goes. */
export interface Content {
  readonly body: Uint8Array;
  readonly variables: Readonly<Record<string, string>>;
  readonly mail: MailText;
}

/** An event as message and mail tell of it. */
export interface ToldEvent {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly created: string;
  readonly description: string | null;
  /** Sequence numbers of events before this one that could not be delivered. */
  readonly missed?: readonly number[];
}

/** A claimed delivery and what it sends. */
export interface BuiltDelivery {
  readonly delivery: ClaimedDelivery;
  readonly message: BuiltMessage;
}

/**
 * Builds what deliveries send. Body and target are kept before the first attempt, so that every later one, by whatever
 * process, sends the same bytes to the same place (P17).
 */
export async function buildMessages(
  context: NotificationContext,
  deliveries: readonly ClaimedDelivery[],
): Promise<ReadonlyMap<ClaimedDelivery, BuiltDelivery>> {
  const contentOf = await prepareContents(context, deliveries.filter(needsContent));
  const built = deliveries.flatMap((delivery) => {
    try {
      const content = needsContent(delivery) ? contentOf(delivery) : null;
      return [{ delivery, message: assemble(context, delivery, content) }];
    } catch (error) {
      // One that cannot be told must not keep the others of its claim; its lease ends and it is tried again.
      context.log.error({ deliveryId: delivery.delivery_id, err: error }, 'delivery.fault');
      return [];
    }
  });
  await storeContents(context.db, built.filter(({ delivery }) => needsContent(delivery)).map(toKeep));
  return new Map(built.map((each) => [each.delivery, each]));
}

/** Later attempts send what was kept. */
function needsContent(delivery: ClaimedDelivery): boolean {
  const { body, channel, mail } = delivery;
  return body === null || keptTarget(delivery) === null || (channel === 'email' && mail === null);
}

/**
 * Where earlier attempts went; null: nowhere, or to another host than the subscription's now. A change of the URL makes
 * deliveries forget it, but an attempt that was being prepared meanwhile may write it down again, and what lets the
 * service in at the new host is not for the old one.
 */
export function keptTarget({
  target,
  url,
  credentials,
}: Pick<ClaimedDelivery, 'target' | 'url' | 'credentials'>): string | null {
  if (target === null || credentials === null) return target;
  const origin = originOf(url);
  return origin.includes('${') || origin === originOf(target) ? target : null;
}

function originOf(url: string): string {
  return /^https?:\/\/[^/?#]+/i.exec(url)?.[0].toLowerCase() ?? '';
}

function toKeep({ delivery, message }: BuiltDelivery): DeliveryContent {
  return {
    delivery_id: delivery.delivery_id,
    target: message.shownTarget,
    body: Buffer.from(message.body).toString('base64'),
    mail: message.mail,
  };
}

function assemble(
  context: NotificationContext,
  delivery: ClaimedDelivery,
  content: Content | null,
): BuiltMessage {
  const target = keptTarget(delivery) ?? resolveUrl(delivery.url, content?.variables ?? {});
  const { subscription_id: id } = delivery;
  return {
    target: openUrl(context.secrets, { id, url: target, credentials: delivery.credentials }),
    shownTarget: target,
    messageId: `${delivery.event_id}.${id}`,
    deliveryId: delivery.delivery_id,
    subscriptionId: id,
    event: delivery.event_name,
    body: delivery.body ?? content?.body ?? NOTHING,
    mail: delivery.channel === 'email' ? (delivery.mail ?? content?.mail ?? null) : null,
    secrets: openSigningSecrets(context.secrets, {
      id,
      secret: delivery.secret,
      previous: delivery.previous_secret,
    }),
  };
}

const NOTHING = new Uint8Array();

/** Templates are checked when they are registered; one that cannot be read any more stays as it is. */
export function resolveUrl(url: string, variables: Readonly<Record<string, string>>): string {
  const template = parseTemplate(url);
  return 'problem' in template ? url : resolveTemplate(template, variables);
}

/** Reads what the contents of some deliveries need beside their rows, all at once. */
async function prepareContents(
  { db, view }: NotificationContext,
  deliveries: readonly ClaimedDelivery[],
): Promise<(delivery: ClaimedDelivery) => Content> {
  const jobs = new Map(
    deliveries.filter(isAboutJob).map((delivery) => [delivery.delivery_id, jobAt(delivery)]),
  );
  const surroundingsOf = await findSurroundings(db, [...jobs.values()]);
  return (delivery) => {
    const event = toldEvent(view, delivery);
    const row = jobs.get(delivery.delivery_id);
    if (row === undefined) return resourceContent(delivery, event);
    const surroundings = surroundingsOf(row);
    const archived = surroundings.archived && MAY_BE_ARCHIVED.has(row.status);
    return renderJobContent(renderJob(view, row, { ...surroundings, archived, check: null }), event, {
      createdBy: delivery.event_created_by,
      data: delivery.data,
      resourceUuid: delivery.associated_uuid === '*' ? row.id : delivery.associated_uuid,
      wrappedAs: WRAPPED_AS[delivery.resource_kind],
    });
  };
}

type AboutJob = ClaimedDelivery & { readonly event_status: NonNullable<ClaimedDelivery['event_status']> };

function isAboutJob(delivery: ClaimedDelivery): delivery is AboutJob {
  return delivery.event_status !== null;
}

function jobAt({ snapshot, event_status: status, event_description: description }: AboutJob): JobRow {
  return reviveJob(snapshot, { status, description });
}

function toldEvent(view: NotificationContext['view'], delivery: ClaimedDelivery): ToldEvent {
  return {
    id: delivery.event_id,
    seq: delivery.event_seq,
    name: delivery.event_name,
    created: view.formatTime(delivery.event_created_at),
    description: delivery.event_description,
    ...(delivery.missed.length > 0 && { missed: delivery.missed }),
  };
}

/** Before these no output can have been in its archive, whatever has happened since. */
const MAY_BE_ARCHIVED: ReadonlySet<string> = new Set(['ARCHIVING_FINISHED', 'FINISHED', 'FAILED']);

/** Under which name subscribers of a system or an app get the job's counterpart (spec/lifecycle.md 8.3). */
const WRAPPED_AS = {
  job: null,
  any: null,
  file: null,
  notification: null,
  system: 'system',
  app: 'software',
} as const satisfies Record<ClaimedDelivery['resource_kind'], string | null>;

/** The content of a job's event: for its own subscribers the job itself, for others the job beside what mirrors it. */
export function renderJobContent(
  job: JobView,
  event: ToldEvent,
  more: {
    readonly createdBy: string;
    readonly data: Readonly<Record<string, unknown>> | null;
    readonly resourceUuid: string;
    readonly wrappedAs: 'system' | 'software' | null;
  },
): Content {
  const payload = {
    ...(more.wrappedAs === null ? job : { job, [more.wrappedAs]: counterpart(job, more) }),
    event,
    ...(more.data !== null && { data: more.data }),
  };
  const rawJson = JSON.stringify(payload);
  const variables = jobVariables({
    event: { name: event.name, resourceUuid: more.resourceUuid, createdBy: more.createdBy },
    job,
    permission: permissionIn(more.data),
    rawJson,
  });
  return {
    body: Buffer.from(rawJson, 'utf8'),
    variables,
    mail: renderJobMail({ event: event.name, job, ...(more.data !== null && { data: more.data }) }),
  };
}

function counterpart(
  job: JobView,
  more: { readonly resourceUuid: string; readonly wrappedAs: 'system' | 'software' | null },
): Readonly<Record<string, unknown>> {
  const { app, executionSystem } = job._links;
  return more.wrappedAs === 'system'
    ? { id: job.executionSystem, uuid: more.resourceUuid, _links: { self: executionSystem } }
    : { id: job.appId, uuid: more.resourceUuid, _links: { self: app } };
}

function permissionIn(data: Readonly<Record<string, unknown>> | null): PermissionChange | null {
  const { username, permission, lastUpdated } = data ?? {};
  return typeof username === 'string' && typeof permission === 'string' && typeof lastUpdated === 'string'
    ? { username, permission, lastUpdated }
    : null;
}

/** Subscriptions to everything hear of resources beside jobs as of subscriptions. */
export function toldKindOf(kind: ClaimedDelivery['resource_kind']): ToldKind {
  return kind === 'any' || kind === 'job' ? 'notification' : kind;
}

function resourceContent(delivery: ClaimedDelivery, event: ToldEvent): Content {
  const kind = toldKindOf(delivery.resource_kind);
  const resource = delivery.snapshot;
  const rawJson = JSON.stringify({ ...resource, event });
  const name = kind === 'file' ? resource['path'] : resource['id'];
  const title = `${kind} ${typeof name === 'string' ? name : delivery.lane}`;
  return {
    body: Buffer.from(rawJson, 'utf8'),
    variables: resourceVariables(kind, {
      event: { name: event.name, resourceUuid: delivery.lane, createdBy: delivery.event_created_by },
      resource,
      rawJson,
    }),
    mail: renderResourceMail({
      event: event.name,
      title,
      uuid: delivery.lane,
      lines: [
        ['Message', event.description ?? ''],
        ['Time', event.created],
      ],
    }),
  };
}
