import type { MailText } from '../domain/mail-text.ts';
import type { Exchange } from './exchange.ts';

export type { MailText } from '../domain/mail-text.ts';

/** One message on its way to one receiver. Everything but the attempt's own id and time is the same at every attempt. */
export interface Message {
  /** The resolved URL, or the one mail address. */
  readonly target: string;
  /** Stable over retries, replays and failover: `webhook-id`, and the stem of the mail's Message-ID. */
  readonly messageId: string;
  /** Id of this delivery (`…-042`), the original's `X-Agave-Delivery`. */
  readonly deliveryId: string;
  readonly subscriptionId: string;
  readonly event: string;
  /** The bytes of the webhook's body; stable. */
  readonly body: Uint8Array;
  /** What a mail says; null where the channel is no mail. */
  readonly mail: MailText | null;
  /** Signing secrets that are in force, newest first; empty: unsigned. */
  readonly secrets: readonly string[];
  /** When this attempt is made. */
  readonly attemptedAt: Date;
}

/** What came of an attempt: a value, never an exception. `message` is at most 1 KiB of what the other side said. */
export type AttemptResult =
  | { readonly outcome: 'delivered'; readonly code: number; readonly message: string }
  /** The other side answered and said no. */
  | {
      readonly outcome: 'refused';
      readonly code: number;
      readonly message: string;
      /** What a Retry-After asks for; null without one that can be understood. */
      readonly retryAfterMs: number | null;
      /** `gone`: do not send here any more (410). `never`: this message will not be taken (SMTP 5xx). */
      readonly permanent: 'gone' | 'never' | null;
    }
  /** No answer: connecting, TLS, a time limit, a cut connection. */
  | { readonly outcome: 'unreachable'; readonly code: number; readonly message: string }
  /** The address is one that must not be reached from here; nothing was sent. */
  | { readonly outcome: 'blocked'; readonly code: number; readonly message: string };

/** A way to reach people and programs. One file each; all pass the conformance suite. */
export interface Channel {
  readonly name: 'webhook' | 'email';
  /** `exchange` is told what goes out and comes back. */
  attempt(message: Message, signal: AbortSignal, exchange?: Exchange): Promise<AttemptResult>;
  close(): Promise<void>;
}
