import type { ErrorEntry } from './error-entry.ts';

/** What is not there, or not visible to the caller: both look the same. */
export const MISSING_ERRORS = {
  'route.not-found': {
    status: 404,
    message: 'There is nothing at this address.',
    remedy: 'See /openapi.json for every address of the service.',
  },
  'job.not-found': {
    status: 404,
    message: 'No job with this id is visible to you.',
    remedy: 'List your jobs with GET /jobs/v2.',
  },
  'client.not-found': {
    status: 404,
    message: 'You have no client of this name.',
    remedy: 'List your clients with GET /clients/v2.',
  },
  'filter.not-found': {
    status: 404,
    message: 'You have no saved filter of this name.',
    remedy: 'List your filters with GET /jobs/v2/filters.',
  },
  'permission.not-found': {
    status: 404,
    message: 'This user has no permission on the job.',
    remedy: 'List the permissions with GET /jobs/v2/{id}/pems.',
  },
  'notification.not-found': {
    status: 404,
    message: 'No subscription with this id is visible to you.',
    remedy: 'List your subscriptions with GET /notifications/v2.',
  },
  'attempt.not-found': {
    status: 404,
    message: 'The subscription has no attempt with this id.',
    remedy: 'List its attempts with GET /notifications/v2/{id}/attempts?status=all.',
  },
  'output.not-found': {
    status: 404,
    message: 'The job has no output at this path.',
    remedy: 'List what there is with GET /jobs/v2/{id}/outputs/listings.',
  },
  'file.not-found': {
    status: 404,
    message: 'There is no file or directory at this path.',
    remedy: 'List what there is with GET /files/v2/listings/system/{systemId}/{path}.',
  },
  'system.not-found': {
    status: 404,
    message: 'No system with this id is visible to you.',
    remedy: 'List the systems with GET /systems/v2.',
  },
  'role.not-found': {
    status: 404,
    message: 'This user has no role on the system.',
    remedy: 'List the roles with GET /systems/v2/{id}/roles.',
  },
  'app.not-found': {
    status: 404,
    message: 'No app with this id is visible to you.',
    remedy: 'List the apps with GET /apps/v2.',
  },
  'metadata.not-found': {
    status: 404,
    message: 'No metadata document with this uuid is visible to you.',
    remedy: 'List those that are with GET /meta/v2/data.',
  },
  'schema.not-found': {
    status: 404,
    message: 'No schema with this uuid is visible to you.',
    remedy: 'List those that are with GET /meta/v2/schemas.',
  },
  'metadata.not-shared': {
    status: 404,
    message: 'This user has no permission on the document.',
    remedy: 'List the permissions with GET /meta/v2/data/{uuid}/pems.',
  },
  'postit.not-found': {
    status: 404,
    message: 'There is no such postit, or it has expired or was used up.',
    remedy: 'Ask whoever gave it to you for a new one.',
  },
  'uuid.not-found': {
    status: 404,
    message: 'No resource with this uuid is visible to you.',
    remedy: 'Compare the uuid with where you have it from; it may have been deleted.',
  },
  'profile.not-found': {
    status: 404,
    message: 'There is no user with this name.',
    remedy: 'List the users with GET /profiles/v2.',
  },
  'device.not-found': {
    status: 404,
    message: 'No program waits to be signed in with this code.',
    remedy:
      'Codes count for ten minutes and once. Compare it with what the program shows, or begin again there.',
  },
  'identity.not-found': {
    status: 404,
    message: 'The account is not joined with an OpenID provider.',
    remedy: 'GET /profiles/v2/{username}/identities shows what it is joined with.',
  },
  'token.not-found': {
    status: 404,
    message: 'You have no token with this id.',
    remedy: 'List your tokens with GET /tokens/v2.',
  },
  'route.method-not-allowed': {
    status: 405,
    message: 'This address does not answer to this method.',
    remedy: 'Use a method of the Allow header.',
  },
} as const satisfies Record<string, ErrorEntry>;
