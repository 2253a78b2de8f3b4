import type { PreviewView } from '@arras/contract';
import { jobIdSchema } from '@arras/contract';
import { openSigningSecrets, openUrl } from '../auth/subscription-secrets.ts';
import { Exchange } from '../channels/exchange.ts';
import { insertAttempt } from '../database/delivery-log.ts';
import { findJob } from '../database/jobs.ts';
import type { DeliveryAttemptRow, JobRow, SubscriptionRow } from '../database/tables.ts';
import { resourceVariables } from '../domain/event-variables.ts';
import { renderResourceMail } from '../domain/mail-text.ts';
import { parseTemplate } from '../domain/template.ts';
import { findSurroundings } from '../events/job-surroundings.ts';
import { renderJob } from '../events/job-view.ts';
import type { NotificationContext } from './context.ts';
import { exchangeColumns } from './exchange-columns.ts';
import { type Content, renderJobContent, resolveUrl, type ToldEvent, toldKindOf } from './message.ts';

/** A message to be sent now, beside the deliveries that wait. */
export interface Shot {
  readonly subscription: SubscriptionRow;
  readonly cause: 'test' | 'forced';
  readonly event: string;
  /** The resource that the message is about. */
  readonly associatedUuid: string;
  /** What is sent; `sample`: what an event of this name would send. */
  readonly body: Readonly<Record<string, unknown>> | 'sample';
  readonly by: string;
}

/** Makes one attempt and stores it. The subscription and its deliveries stay as they are. */
export async function fireNow(context: NotificationContext, shot: Shot): Promise<DeliveryAttemptRow> {
  const { subscription } = shot;
  const { id } = subscription;
  const eventId = context.newId('notificationEvent');
  const deliveryId = context.newId('delivery');
  const content = await shotContent(context, shot, eventId);
  const shownTarget = resolveUrl(subscription.url, content.variables);
  const mail = subscription.channel === 'email' ? content.mail : null;
  const startedAt = context.now();
  const exchange = new Exchange();
  const result = await context.channels[subscription.channel].attempt(
    {
      target: openUrl(context.secrets, { id, url: shownTarget, credentials: subscription.credentials }),
      messageId: `${eventId}.${id}`,
      deliveryId,
      subscriptionId: id,
      event: shot.event,
      body: content.body,
      mail,
      secrets: openSigningSecrets(context.secrets, {
        id,
        secret: subscription.secret,
        previous: stillSigns(context, subscription),
      }),
      attemptedAt: startedAt,
    },
    AbortSignal.timeout(SHOT_MS),
    exchange,
  );
  return insertAttempt(context.db, {
    id: deliveryId,
    subscription_id: id,
    lane: shot.associatedUuid,
    position: null,
    event_id: eventId,
    event_name: shot.event,
    associated_uuid: shot.associatedUuid,
    number: 1,
    cause: shot.cause,
    target: shownTarget,
    outcome: result.outcome,
    code: result.code,
    message: result.message,
    ...exchangeColumns(exchange),
    request_body: Buffer.from(content.body),
    request_mail: mail === null ? null : JSON.stringify(mail),
    started_at: startedAt,
    ended_at: context.now(),
  });
}

/** Somebody waits for the answer: a little more than an attempt may take itself. */
const SHOT_MS = 20_000;

function stillSigns(context: NotificationContext, subscription: SubscriptionRow): string | null {
  const until = subscription.previous_secret_until;
  return until !== null && until > context.now() ? subscription.previous_secret : null;
}

async function shotContent(context: NotificationContext, shot: Shot, eventId: string): Promise<Content> {
  const event: ToldEvent = {
    id: eventId,
    seq: 0,
    name: shot.event,
    created: context.view.formatTime(context.now()),
    description: shot.cause === 'test' ? 'A test message.' : 'A message sent by hand.',
  };
  const job = await findShownJob(context, shot.associatedUuid);
  const content = job === null ? resourceShot(shot, event) : await jobContentOf(context, job, event, shot.by);
  if (shot.body === 'sample') return content;
  return { ...content, body: Buffer.from(JSON.stringify(shot.body), 'utf8') };
}

async function findShownJob(context: NotificationContext, uuid: string): Promise<JobRow | null> {
  const id = jobIdSchema.safeParse(uuid);
  return id.success ? findJob(context.db, id.data) : null;
}

async function jobContentOf(
  context: NotificationContext,
  row: JobRow,
  event: ToldEvent,
  createdBy: string,
): Promise<Content> {
  const job = renderJob(context.view, row, (await findSurroundings(context.db, [row]))(row));
  return renderJobContent(job, event, { createdBy, data: null, resourceUuid: row.id, wrappedAs: null });
}

function resourceShot(shot: Shot, event: ToldEvent): Content {
  const kind = toldKindOf(shot.subscription.resource_kind);
  const resource = { id: shot.associatedUuid, owner: shot.subscription.owner };
  const rawJson = JSON.stringify({ ...resource, event });
  return {
    body: Buffer.from(rawJson, 'utf8'),
    variables: resourceVariables(kind, {
      event: { name: event.name, resourceUuid: shot.associatedUuid, createdBy: shot.by },
      resource,
      rawJson,
    }),
    mail: renderResourceMail({
      event: event.name,
      title: kind,
      uuid: shot.associatedUuid,
      lines: [['Message', event.description ?? '']],
    }),
  };
}

/** What an event of the job would send to the URL; nothing is sent. */
export async function previewMessage(
  context: NotificationContext,
  request: { readonly url: string; readonly job: JobRow; readonly event: string },
): Promise<PreviewView> {
  const event: ToldEvent = {
    id: context.newId('jobEvent'),
    seq: request.job.seq,
    name: request.event,
    created: context.view.formatTime(context.now()),
    description: request.job.last_message,
  };
  const content = await jobContentOf(context, request.job, event, request.job.owner);
  const template = parseTemplate(request.url);
  const channel = 'problem' in template ? 'webhook' : template.channel;
  const { subject, text, html } = content.mail;
  return {
    channel,
    url: resolveUrl(request.url, content.variables),
    body: JSON.parse(Buffer.from(content.body).toString('utf8')),
    mail: channel === 'email' ? { subject, text, html } : null,
  };
}
