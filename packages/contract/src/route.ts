import type { z } from 'zod';
import type { ErrorCode } from './errors.ts';
import type { RouteTag } from './route-tags.ts';
import { neededScope } from './scopes.ts';

/** Who may call: anybody, anybody signed in, or administrators only. Finer rules depend on the resource. */
export type Access = 'public' | 'user' | 'admin';

/** A successful answer. */
export interface Success {
  readonly status: number;
  /** `bytes` for raw content; null for an envelope without a result. */
  readonly schema: z.ZodType | 'bytes' | null;
  /** When this answer is given, where an operation has several. */
  readonly when?: string;
  /** Media type of `bytes`. Default: by content. */
  readonly mediaType?: string;
}

/** One operation of the API as data. Server, client, OpenAPI document and reference are all made from it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `{name}` for path parameters; the parameter named `path` spans slashes. */
  readonly path: string;
  /** Other paths that do the same. */
  readonly aliases?: readonly string[];
  /** Groups operations in the reference, and in the scopes of tokens. */
  readonly tag: RouteTag;
  /** What a token needs, where that is not told by the method; null: any token will do. */
  readonly scope?: 'read' | 'write' | null;
  readonly summary: string;
  readonly description: string;
  readonly access: Access;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodType;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** A request without a body means an empty object. */
  readonly bodyOptional?: true;
  /** Accepts application/x-www-form-urlencoded beside JSON. */
  readonly form?: true;
  /** Also accepts multipart/form-data with one file, of any size and for as long as it takes: {@link UPLOAD_FIELD}. */
  readonly upload?: true;
  /** Also accepts multipart/form-data: its fields, or one file {@link UPLOAD_FIELD} that holds the JSON. */
  readonly document?: true;
  /** Also answers HEAD. */
  readonly head?: true;
  /** Answers without an envelope. */
  readonly bare?: true;
  /** Supports conditional requests: answers carry an ETag, and 304 says that the caller's copy is still good. */
  readonly conditional?: true;
  /** Longest body in bytes, where the usual limit is too short. */
  readonly bodyLimitBytes?: number;
  readonly success: Success;
  /** Other successful answers. */
  readonly alternatives?: readonly Success[];
  /** Codes beside those that every operation of its kind can answer with: {@link errorsOf}. */
  readonly errors: readonly ErrorCode[];
}

const EVERYWHERE: readonly ErrorCode[] = ['internal.error', 'database.unavailable', 'service.stopping'];

const SIGNED_IN: readonly ErrorCode[] = [
  'auth.missing',
  'auth.invalid',
  'auth.expired',
  'auth.revoked',
  'auth.disabled',
  'auth.account-unusable',
  'auth.issuer-unreachable',
  'access.foreign-origin',
];

const WITH_BODY: readonly ErrorCode[] = [
  'request.malformed',
  'request.not-utf8',
  'request.too-deep',
  'request.invalid',
  'request.too-large',
  'request.unsupported-media-type',
];

/** Every code an operation can answer with. */
export function errorsOf(route: Route): readonly ErrorCode[] {
  return [
    ...(route.body === undefined ? [] : WITH_BODY),
    ...(route.query === undefined ? [] : (['request.bad-query'] as const)),
    ...(route.access === 'public' ? [] : SIGNED_IN),
    ...(neededScope(route) === null ? [] : (['access.scope-missing'] as const)),
    ...(route.access === 'admin' ? (['access.admin-only'] as const) : []),
    ...route.errors,
    ...(route.bare === true ? [] : EVERYWHERE),
  ];
}
