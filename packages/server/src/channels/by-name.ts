import { createEgressGuard, type EgressGuard } from '../net/egress.ts';
import type { Channel } from './channel.ts';
import { createEmailChannel } from './email.ts';
import { createWebhookChannel } from './webhook.ts';

/** Every way to reach people and programs, by its name in the database. */
export interface Channels {
  readonly webhook: Channel;
  readonly email: Channel;
  /** Judges URLs when they are registered, and guards other calls that users name. */
  readonly guard: EgressGuard;
  close(): Promise<void>;
}

/** The settings that channels need. */
export interface ChannelSettings {
  /** `ARRAS_EGRESS_ALLOW` */
  readonly egressAllow: readonly string[];
  /** `ARRAS_SMTP_URL`; null: there is no mail server. */
  readonly smtpUrl: string | null;
  /** `ARRAS_MAIL_FROM` */
  readonly mailFrom: string;
  readonly version: string;
}

/** Makes the channels. Throws an Error for a setting that cannot be used; it repeats no value. */
export function createChannels(settings: ChannelSettings): Channels {
  const { egressAllow, smtpUrl, mailFrom, version } = settings;
  const email = createEmailChannel({ smtpUrl, from: mailFrom, version });
  const guard = createEgressGuard({ allow: egressAllow });
  const webhook = createWebhookChannel({ guard, version });
  return {
    webhook,
    email,
    guard,
    close: async () => {
      await Promise.all([webhook.close(), email.close()]);
    },
  };
}
