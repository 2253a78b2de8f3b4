import type { ErrorEntry } from './error-entry.ts';

/** What cannot be done as things are, limits, and faults of the service itself. */
export const STATE_ERRORS = {
  'system.exists': {
    status: 409,
    message: 'A system with this id already exists or has existed.',
    remedy: 'Choose another id: ids of deleted systems are not given out again.',
  },
  'app.exists': {
    status: 409,
    message: 'An app with this name and version already exists.',
    remedy: 'Raise the version, or update the app with POST /apps/v2/{id}.',
  },
  'file.exists': {
    status: 409,
    message: 'Something is at this path already.',
    remedy: 'Choose another path, or delete what is there first.',
  },
  'client.exists': {
    status: 409,
    message: 'You have a client of this name already.',
    remedy: 'Delete it first, or choose another name.',
  },
  'identity.taken': {
    status: 409,
    message: 'The account or the identity is joined already.',
    remedy: 'Part it first with DELETE /profiles/v2/{username}/identities.',
  },
  'profile.exists': {
    status: 409,
    message: 'A user with this name already exists.',
    remedy: 'Choose another name.',
  },
  'job.action-impossible': {
    status: 409,
    message: 'The job cannot do this in its present status.',
    remedy: 'Look at its status with GET /jobs/v2/{id}/status.',
  },
  'idempotency.in-progress': {
    status: 409,
    message: 'The first request with this Idempotency-Key is still being handled.',
    remedy: 'Repeat the request after the time in the Retry-After header.',
  },
  conflict: {
    status: 409,
    message: 'The record was changed by somebody else at the same time.',
    remedy: 'Read it again and repeat the change.',
  },
  'precondition.failed': {
    status: 412,
    message: 'A condition for this request is not met.',
    remedy: 'Read the message, put the condition right, and repeat the request.',
  },
  'system.unavailable': {
    status: 412,
    message: 'The system is disabled or not up.',
    remedy: 'Choose another system, or ask its owner to enable it.',
  },
  'callback.impossible': {
    status: 400,
    message: 'The job is not running, so nothing can be said about it.',
    remedy: 'Send heartbeats and events only while the program of the job runs.',
  },
  'app.unavailable': {
    status: 400,
    message: 'The app is not available.',
    remedy: 'Choose another app, or ask its owner to enable it.',
  },
  'zip.too-large': {
    status: 400,
    message: 'The directory holds too much for one zip archive.',
    remedy: 'Ask for archives of its subdirectories, or download its files.',
  },
  'file.bad-path': {
    status: 400,
    message: 'The path cannot be used.',
    remedy: 'Name a place below the directories of the system, without ".." and NUL.',
  },
  'file.is-a-directory': {
    status: 400,
    message: 'This is a directory.',
    remedy: 'Name a file in it, or ask for an archive of it with zip=true.',
  },
  'file.not-a-directory': {
    status: 400,
    message: 'This is not a directory.',
    remedy: 'Name the directory that is to hold the file.',
  },
  'file.action-unknown': {
    status: 501,
    message: 'This action is not known.',
    remedy: 'Send one of mkdir, rename, copy, move.',
  },
  'file.unsupported': {
    status: 501,
    message: 'The storage of the system cannot do this.',
    remedy: 'Use a system with another storage protocol.',
  },
  'range.not-satisfiable': {
    status: 416,
    message: 'The requested range lies outside the file.',
    remedy: 'Ask for bytes within the length given in the Content-Range header.',
  },
  'idempotency.key-reused': {
    status: 422,
    message: 'This Idempotency-Key was already used with another request body.',
    remedy: 'Use a new key for a new request.',
  },
  'credentials.not-found': {
    status: 404,
    message: 'The system has no such credentials.',
    remedy: 'List those that it has: GET /systems/v2/ID/credentials.',
  },
  'queue.not-found': {
    status: 404,
    message: 'The system has no such queue.',
    remedy: 'List those that it has: GET /systems/v2/ID/queues.',
  },
  'stream.bad-position': {
    status: 400,
    message: 'The position in the stream cannot be read.',
    remedy: 'Send the id of the last event exactly as the stream gave it, or none to begin now.',
  },
  'filter.too-many': {
    status: 409,
    message: 'You have as many saved filters as you may have.',
    remedy: 'Delete one that you do not need with DELETE /jobs/v2/filters/{name}.',
  },
  'postit.too-many': {
    status: 409,
    message: 'You have as many postits as you may have.',
    remedy: 'Delete one that you do not need with DELETE /postits/v2/{postit}, or let some expire.',
  },
  'stream.too-many': {
    status: 429,
    message: 'Too many streams are open.',
    remedy: 'Close streams that nobody reads, or follow several jobs in one stream.',
  },
  'wait.too-many': {
    status: 429,
    message: 'Too many of your requests wait for a change already.',
    remedy:
      'Wait for fewer jobs at a time, follow them in one stream, or ask for many with POST /jobs/v2/statuses.',
  },
  'rate.limited': {
    status: 429,
    message: 'Too many requests of this kind in a short time.',
    remedy: 'Repeat the request after the time in the Retry-After header, and send fewer.',
  },
  'internal.error': {
    status: 500,
    message: 'The service failed to handle the request.',
    remedy: 'Repeat the request; if it fails again, give the request id to the operator.',
  },
  'system.unreachable': {
    status: 502,
    message: 'The remote system could not be reached or refused the operation.',
    remedy: 'Look at the state of the system and repeat the request.',
  },
  'database.unavailable': {
    status: 503,
    message: 'The service cannot reach its database.',
    remedy: 'Repeat the request after the time in the Retry-After header.',
  },
  'service.stopping': {
    status: 503,
    message: 'The service is shutting down.',
    remedy: 'Repeat the request after the time in the Retry-After header.',
  },
  'storage.full': {
    status: 507,
    message: 'There is no space left to store this.',
    remedy: 'Free some space or ask the operator; nothing was stored.',
  },
} as const satisfies Record<string, ErrorEntry>;
