import type { Logger } from 'pino';
import type { SecretBox } from '../auth/secret-box.ts';
import type { Channel } from '../channels/channel.ts';
import type { Db } from '../database/connection.ts';
import type { NewId } from '../domain/id-source.ts';
import type { ViewContext } from '../events/view-context.ts';

/** Counts what becomes of attempts. */
export interface DeliveryMeter {
  /** An attempt was made. */
  attempted(outcome: string): void;
  /** An event has arrived for the first time, so many seconds after its commit. */
  arrived(seconds: number): void;
}

/** What the delivery of events works with; made once by compose. */
export interface NotificationContext {
  readonly db: Db;
  readonly replica: string;
  readonly newId: NewId;
  readonly view: ViewContext;
  readonly channels: { readonly webhook: Channel; readonly email: Channel };
  /** Opens sealed signing secrets. */
  readonly secrets: SecretBox;
  readonly meter: DeliveryMeter;
  readonly log: Logger;
  readonly now: () => Date;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}
