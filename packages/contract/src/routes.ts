import type { z } from 'zod';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { APP_PERMISSION_ROUTES } from './app-permission-routes.ts';
import { APP_ROUTES } from './app-routes.ts';
import { CLIENT_ROUTES } from './client-routes.ts';
import { DEVICE_ROUTES } from './device-routes.ts';
import { FILE_ROUTES } from './file-routes.ts';
import { IDENTITY_ROUTES } from './identity-routes.ts';
import { JOB_CALLBACK_ROUTES } from './job-callback-routes.ts';
import { JOB_PERMISSION_ROUTES } from './job-permission-routes.ts';
import { JOB_ROUTES } from './job-routes.ts';
import { JOB_STREAM_ROUTES } from './job-stream-routes.ts';
import { METADATA_ROUTES } from './metadata-routes.ts';
import { NOTIFICATION_ROUTES } from './notification-routes.ts';
import { OPERATOR_ROUTES } from './operator-routes.ts';
import { POSTIT_ROUTES } from './postit-routes.ts';
import type { Route } from './route.ts';
import { SAVED_FILTER_ROUTES } from './saved-filter-routes.ts';
import { SERVICE_ROUTES } from './service-routes.ts';
import { SESSION_ROUTES } from './session-routes.ts';
import { SYSTEM_ROUTES } from './system-routes.ts';
import { UUID_ROUTES } from './uuid-routes.ts';

/** Every operation of the API by its operation id. */
export const ROUTES = {
  ...JOB_ROUTES,
  ...JOB_STREAM_ROUTES,
  ...SAVED_FILTER_ROUTES,
  ...JOB_PERMISSION_ROUTES,
  ...JOB_CALLBACK_ROUTES,
  ...NOTIFICATION_ROUTES,
  ...SYSTEM_ROUTES,
  ...APP_ROUTES,
  ...APP_PERMISSION_ROUTES,
  ...FILE_ROUTES,
  ...METADATA_ROUTES,
  ...POSTIT_ROUTES,
  ...UUID_ROUTES,
  ...ACCOUNT_ROUTES,
  ...IDENTITY_ROUTES,
  ...DEVICE_ROUTES,
  ...SESSION_ROUTES,
  ...CLIENT_ROUTES,
  ...OPERATOR_ROUTES,
  ...SERVICE_ROUTES,
} as const satisfies Record<string, Route>;

/** Names an operation. */
export type OperationId = keyof typeof ROUTES;

/** All operation ids, in the order of the reference. */
export const OPERATION_IDS = Object.keys(ROUTES) as readonly OperationId[];

/** A route seen without its exact types, for code that treats all alike. */
export function routeOf(operationId: OperationId): Route {
  return ROUTES[operationId];
}

type Part<Id extends OperationId, Key extends string> =
  (typeof ROUTES)[Id] extends Record<Key, infer Value> ? Value : undefined;

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type Input<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;

/** Path parameters after parsing. */
export type ParamsOf<Id extends OperationId> = Output<Part<Id, 'params'>>;

/** Query after parsing. */
export type QueryOf<Id extends OperationId> = Output<Part<Id, 'query'>>;

/** Query as a caller may give it. */
export type QueryInputOf<Id extends OperationId> = Input<Part<Id, 'query'>>;

/** Headers after parsing. */
export type HeadersOf<Id extends OperationId> = Output<Part<Id, 'headers'>>;

/** Body after parsing, as a handler gets it. */
export type BodyOf<Id extends OperationId> = Output<Part<Id, 'body'>>;

/** Body as a caller sends it. */
export type BodyInputOf<Id extends OperationId> = Input<Part<Id, 'body'>>;

type ResultOfSchema<Schema> = Schema extends z.ZodType
  ? z.output<Schema>
  : Schema extends null
    ? null
    : Uint8Array;

/** Result of the ordinary success: null where there is none, bytes for raw content. */
export type ResultOf<Id extends OperationId> = ResultOfSchema<(typeof ROUTES)[Id]['success']['schema']>;

/**
 * The address of an operation with its parameters filled in and percent-encoded. Chooses the first of the route's
 * paths that holds exactly the given parameters.
 *
 * @throws Error when no path of the route does: a defect of the caller.
 */
export function renderPath(
  operationId: OperationId,
  params: Readonly<Record<string, string | undefined>> = {},
): string {
  const route = routeOf(operationId);
  const given = Object.keys(params).filter((name) => params[name] !== undefined && params[name] !== '');
  const template = [route.path, ...(route.aliases ?? [])].find((path) => {
    const names = parameterNames(path);
    return names.length === given.length && names.every((name) => given.includes(name));
  });
  if (template === undefined)
    throw new Error(`${operationId} has no path with the parameters ${given.join(', ')}`);
  const { tag } = routeOf(operationId);
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name] ?? '';
    // An absolute path of a system keeps its slash (spec: systems-apps-files 3); elsewhere one means nothing.
    const root = tag === 'Files' && name === 'path' && value.startsWith('/') ? '/' : '';
    return `${root}${encodeParameter(name, value)}`;
  });
}

/** The names in the braces of a path template. */
export function parameterNames(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
}

function encodeParameter(name: string, value: string): string {
  if (name !== 'path') return encodeURIComponent(value);
  return value
    .split('/')
    .filter((part) => part !== '')
    .map(encodeURIComponent)
    .join('/');
}
