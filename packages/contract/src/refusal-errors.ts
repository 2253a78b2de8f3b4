import type { ErrorEntry } from './error-entry.ts';

/** Requests that cannot be read, and callers who may not do what they ask. */
export const REFUSAL_ERRORS = {
  'request.malformed': {
    status: 400,
    message: 'The request body cannot be read.',
    remedy: 'Send one well-formed JSON object or a url-encoded form.',
  },
  'request.not-utf8': {
    status: 400,
    message: 'The request is not valid UTF-8.',
    remedy: 'Encode the body and the URL as UTF-8.',
  },
  'request.too-deep': {
    status: 400,
    message: 'The JSON of the request is nested too deeply.',
    remedy: 'Flatten the document: no request of this service needs more than a few levels.',
  },
  'request.invalid': {
    status: 400,
    message: 'The request has fields that cannot be accepted.',
    remedy: 'Correct the fields listed under `errors` and send the request again.',
  },
  'request.bad-query': {
    status: 400,
    message: 'A query parameter cannot be understood.',
    remedy: 'Correct the parameters listed under `errors`.',
  },
  'request.too-large': {
    status: 413,
    message: 'The request body is too large.',
    remedy: 'Send less; put large data on a storage system and name its path as an input.',
  },
  // 400 and not 415: the original's answer, which its clients know (spec: conventions 7).
  'request.unsupported-media-type': {
    status: 400,
    message: 'The media type of the request body is not supported.',
    remedy: 'Send application/json or application/x-www-form-urlencoded.',
  },
  'request.failed': {
    status: 400,
    message: 'The request cannot be understood.',
    remedy: 'Compare the request with the API reference.',
  },
  'auth.missing': {
    status: 401,
    message: 'No credentials were found in the request.',
    remedy: 'Send the header "Authorization: Bearer TOKEN".',
  },
  'auth.invalid': {
    status: 401,
    message: 'Invalid Credentials: the token is not known.',
    remedy: 'Create a new token and use it.',
  },
  'auth.expired': {
    status: 401,
    message: 'Invalid Credentials: the token has expired.',
    remedy: 'Create a new token and use it.',
  },
  'auth.revoked': {
    status: 401,
    message: 'Invalid Credentials: the token has been revoked.',
    remedy: 'Create a new token and use it.',
  },
  'auth.wrong-password': {
    status: 401,
    message: 'The user name or the password is wrong.',
    remedy: 'Send your user name and password with HTTP Basic, or ask an administrator for a new password.',
  },
  'auth.disabled': {
    status: 401,
    message: 'Invalid Credentials: the account is disabled.',
    remedy: 'Ask an administrator to enable the account.',
  },
  'auth.account-unusable': {
    status: 403,
    message: 'Your identity provider cannot sign you in here.',
    remedy:
      'Read the message, and ask an administrator: another claim may name users, or the account is to be renamed.',
  },
  'auth.issuer-unreachable': {
    status: 503,
    message: 'The identity provider that signs such tokens cannot be reached.',
    remedy: 'Repeat the request after the time in the Retry-After header, or use a token of this service.',
  },
  'session.no-provider': {
    status: 404,
    message: 'No identity provider is set up here.',
    remedy: 'Sign in with a password or a token: see GET /sessions/v2/ways.',
  },
  'session.sign-in-failed': {
    status: 400,
    message: 'The sign-in could not be finished.',
    remedy: 'Begin again with GET /sessions/v2/oidc, in the same browser.',
  },
  'access.forbidden': {
    status: 403,
    message: 'You may not do this.',
    remedy: 'Ask the owner or an administrator for the permission.',
  },
  'access.admin-only': {
    status: 403,
    message: 'Only an administrator may do this.',
    remedy: 'Ask an administrator.',
  },
  'access.scope-missing': {
    status: 403,
    message: 'The token may not be used for this.',
    remedy: 'Use a token with the scope that the message names: make one with POST /tokens/v2.',
  },
  'access.foreign-origin': {
    status: 403,
    message: 'A page of another origin may not use the session of this browser.',
    remedy: 'Call from a page of this service, or send a token in the Authorization header.',
  },
  'system.host-local-needs-admin': {
    status: 403,
    message: "Only an administrator may register a system on the server's own host.",
    remedy: 'Programs of such a system run beside the service itself. Ask an administrator to register it.',
  },
  'system.openssh-needs-admin': {
    status: 403,
    message: "Only an administrator may register a system that the server's own ssh program enters.",
    remedy:
      "The program enters hosts as the service's own account can. Leave `transport` out, or ask an administrator to register the system.",
  },
  'app.not-permitted': {
    status: 403,
    message: 'You may not run this app.',
    remedy: 'Ask the owner of the app to publish it or to share it with you.',
  },
  'system.not-permitted': {
    status: 403,
    message: 'You may not run jobs on this system.',
    remedy: 'Ask an administrator of the system for the role USER.',
  },
  'input.not-permitted': {
    status: 403,
    message: 'You may not read an input of this job.',
    remedy: 'Name a file that you can read, or ask for access to its system.',
  },
  'file.not-permitted': {
    status: 403,
    message: 'You may not do this with this file or directory.',
    remedy: 'Work below your own directory, or ask the owner for a permission on the path.',
  },
  'callback.wrong-token': {
    status: 403,
    message: 'The token in the address is not that of this job.',
    remedy: 'Use the address that the service gave to the job itself.',
  },
} as const satisfies Record<string, ErrorEntry>;
