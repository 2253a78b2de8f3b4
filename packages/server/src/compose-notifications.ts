import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { SecretBox } from './auth/secret-box.ts';
import { type Channels, createChannels } from './channels/by-name.ts';
import type { Config } from './config.ts';
import type { Db } from './database/connection.ts';
import type { NewId } from './domain/id-source.ts';
import type { Feed } from './events/feed.ts';
import type { ViewContext } from './events/view-context.ts';
import type { MessageControl } from './http/context.ts';
import type { NotificationContext } from './notifications/context.ts';
import { Dispatcher } from './notifications/dispatcher.ts';
import { fireNow, previewMessage } from './notifications/fire.ts';
import { createDeliveryMeter } from './notifications/meter.ts';
import { forgetOld } from './notifications/retention.ts';
import { BUILD_VERSION } from './version.ts';

/** What notifications are made of and around. */
export interface NotificationParts {
  readonly config: Config;
  readonly db: Db;
  readonly log: Logger;
  readonly newId: NewId;
  readonly view: ViewContext;
  readonly replica: string;
  readonly secrets: SecretBox;
  readonly metrics: Registry;
  readonly feed: Feed;
}

/** Notifications of this process: dispatching if it has the role `worker`, else only able to send by hand. */
export interface Notifications extends AsyncDisposable {
  readonly control: MessageControl;
  start(): void;
}

/** Builds channels and dispatcher. Nothing runs before `start`. */
export function composeNotifications(parts: NotificationParts): Notifications {
  const { config, db, log, newId, view, replica, secrets, metrics } = parts;
  const channels: Channels = createChannels({
    egressAllow: config.ARRAS_EGRESS_ALLOW,
    smtpUrl: config.ARRAS_SMTP_URL,
    mailFrom: config.ARRAS_MAIL_FROM ?? `arras@${mailDomain(hostname())}`,
    version: BUILD_VERSION,
  });
  const context: NotificationContext = {
    db,
    replica,
    newId,
    view,
    channels,
    secrets,
    meter: createDeliveryMeter(metrics),
    log,
    now: () => new Date(),
    random: Math.random,
  };
  const dispatcher = new Dispatcher(context);
  const hints = parts.feed.onChange((change) => {
    if (change === null || change.kind === 'deliveries') dispatcher.wake();
  });
  const dispatches = config.ARRAS_ROLES.has('worker');
  const stop = new AbortController();
  let forgetting: Promise<void> = Promise.resolve();
  return {
    control: {
      fireNow: (order) => fireNow(context, order),
      preview: (request) => previewMessage(context, request),
      checkUrl: (url) => checkUrl(channels, url),
    },
    start: () => {
      if (!dispatches) return;
      dispatcher.start();
      forgetting = forgetOld(context, stop.signal);
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      hints[Symbol.dispose]();
      await forgetting;
      await dispatcher[Symbol.asyncDispose]();
      await channels.close();
    },
  };
}

/** Variables stand only where they cannot choose the host; mail addresses are checked by their own grammar. */
function checkUrl({ guard }: Channels, url: string): string | null {
  const parsed = URL.parse(url.replaceAll(/\$\{[^}]*\}/g, 'x'));
  return parsed === null ? null : guard.checkUrl(parsed);
}

/** Mail needs a domain of at least two labels; hosts at home often have one. */
function mailDomain(host: string): string {
  return host.includes('.') ? host : `${host}.localdomain`;
}
