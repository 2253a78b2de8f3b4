export { type ClientSettings } from './call.ts';
export { type Client, createClient } from './client.ts';
export { type ConnectionLost, type ConnectionMade, type ConnectionState } from './connection.ts';
export { END_STATUSES, hasEnded } from './ended.ts';
export { type EventsNews, type EventsOptions, type StreamBegun, StreamFailure } from './events.ts';
export { ApiFailure, UnreachableFailure } from './failure.ts';
export { type FileAddress, parseFileAddress, renderFileAddress } from './file-address.ts';
export type { DownloadOptions, UploadOptions } from './file-calls.ts';
export { type FollowNews, type FollowOptions, type JobUpdate } from './follow.ts';
export type { FollowOutputOptions } from './job-calls.ts';
export type { StreamTimes } from './link.ts';
export type { StreamedChange, StreamedEvent, StreamedReset } from './open-stream.ts';
export type {
  Call,
  CallOptions,
  CallResult,
  Download,
  FileVersion,
  UploadContent,
} from './operation.ts';
export { pause } from './pause.ts';
export type { FileBegun, ReadFileNews, ReadFileOptions } from './read-file.ts';
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
export { type JobOutcome, type WaitOptions, WaitTimeout } from './wait.ts';
export type { WatchOptions } from './watch.ts';
export { type SignedContent, signWebhook } from './webhook-signature.ts';
