export { type ClientSettings } from './call.ts';
export { type Client, createClient } from './client.ts';
export { ApiFailure, UnreachableFailure } from './failure.ts';
export type { Call, CallOptions, CallResult, Download } from './operation.ts';
export { pause } from './pause.ts';
export { DEFAULT_RETRY, type RetryPolicy } from './retry.ts';
export {
  type IncomingWebhook,
  type JobWebhook,
  type VerifiedWebhook,
  verifyWebhook,
  type WebhookEvent,
  WebhookRefusal,
  type WebhookRefusalReason,
} from './verify-webhook.ts';
export {
  type ConnectionLost,
  END_STATUSES,
  hasEnded,
  type JobUpdate,
  type WatchOptions,
} from './watch-job.ts';
export { type SignedContent, signWebhook } from './webhook-signature.ts';
