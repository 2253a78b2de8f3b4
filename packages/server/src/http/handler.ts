import {
  ApiError,
  type BodyOf,
  type ErrorCode,
  type FieldProblem,
  type HeadersOf,
  isStorable,
  type OperationId,
  type ParamsOf,
  type Parsed,
  parseBody,
  parseValues,
  type QueryOf,
  type ResultOf,
  type ROUTES,
  type Route,
} from '@arras/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Principal } from '../auth/authenticate.ts';
import type { HttpContext } from './context.ts';
import { isUpload } from './long-requests.ts';
import { QueryMemo, queryTextOf } from './query-memo.ts';
import type { Reply } from './reply.ts';

type RouteOf<Id extends OperationId> = (typeof ROUTES)[Id];

/** Who calls: null on routes that anybody may call. */
export type ViewerOf<Id extends OperationId> = RouteOf<Id>['access'] extends 'public' ? null : Principal;

type AlternativeOf<Id extends OperationId> =
  RouteOf<Id> extends { alternatives: readonly { schema: infer Schema }[] }
    ? Schema extends z.ZodType
      ? z.output<Schema>
      : never
    : never;

/** A request whose parts have been checked against the route's schemas. */
export interface HandlerRequest<Id extends OperationId> {
  readonly context: HttpContext;
  readonly viewer: ViewerOf<Id>;
  readonly params: ParamsOf<Id>;
  readonly query: QueryOf<Id>;
  readonly headers: HeadersOf<Id>;
  /** Undefined where the body is a form with a file, which the handler reads itself. */
  readonly body: RouteOf<Id> extends { upload: true } ? BodyOf<Id> | undefined : BodyOf<Id>;
  /** The path template that matched: the route's own or one of its aliases. */
  readonly path: string;
  /** The server's own objects, for what the parts above do not tell, such as the presentation parameters. */
  readonly raw: { readonly request: FastifyRequest; readonly reply: FastifyReply };
}

/** Answers one operation; throws {@link ApiError} for everything else. */
export type Handler<Id extends OperationId> = (
  request: HandlerRequest<Id>,
) => Promise<Reply<ResultOf<Id> | AlternativeOf<Id>>>;

/** A handler whose body may leave out fields: it is laid over the stored description before it is parsed. */
export interface UpdateHandler<Id extends OperationId> {
  /** The stored description. Throws ApiError when the caller may not change it. */
  readonly loadStored: (
    request: Omit<HandlerRequest<Id>, 'body'>,
  ) => Promise<Readonly<Record<string, unknown>>>;
  readonly handle: Handler<Id>;
}

/** A handler for every operation: one that is missing is a compile error. */
export type Handlers = { readonly [Id in OperationId]: Handler<Id> | UpdateHandler<Id> };

/** The handlers of the operations under some tags of the reference. */
export type HandlersOf<Tag extends Route['tag']> = Pick<
  Handlers,
  { [Id in OperationId]: RouteOf<Id>['tag'] extends Tag ? Id : never }[OperationId]
>;

/** A handler seen without its exact types, for code that treats all alike. */
export type AnyHandler = Handlers[OperationId];

/**
 * Reads the parts of a request, lets the handler answer. Problems of query, headers and body are reported together;
 * path parameters that cannot be an id of the resource mean that there is no such resource.
 */
export async function runHandler(
  operation: { readonly route: Route; readonly path: string; readonly handler: AnyHandler },
  context: HttpContext,
  raw: HandlerRequest<OperationId>['raw'],
): Promise<Reply> {
  const { route, path, handler } = operation;
  const { request } = raw;
  const params = readParams(route, request.params);
  const known = { context, viewer: request.viewer, params, path, raw };
  const query = readQuery(route, request);
  const headers = readValues(route.headers, request.headers);
  // The table of handlers is total and typed by operation; which one this is cannot be told at compile time.
  const loose = handler as unknown as LooseHandler;
  const stored =
    'loadStored' in loose
      ? await loose.loadStored({ ...known, query: valueOf(query), headers: valueOf(headers) })
      : undefined;
  const given = request.body ?? (route.bodyOptional === true ? {} : undefined);
  const body = isUpload(request) ? ABSENT : readBody(route.body, stored, given);
  refuseProblems({ query, headers }, body);
  const handle = 'handle' in loose ? loose.handle : loose;
  return handle({ ...known, query: valueOf(query), headers: valueOf(headers), body: valueOf(body) });
}

type LooseHandle = (request: object) => Promise<Reply>;
type LooseHandler =
  | LooseHandle
  | {
      readonly loadStored: (request: object) => Promise<Readonly<Record<string, unknown>>>;
      readonly handle: LooseHandle;
    };

type Part = Parsed<unknown>;

const ABSENT: Part = { ok: true, value: undefined };

/** Missing and malformed ids look the same, so that nobody learns what an id looks like (S1). */
function readParams(route: Route, given: unknown): unknown {
  if (route.params === undefined) return undefined;
  const values = nameParams(given as Readonly<Record<string, string | undefined>>);
  const parsed = parseValues(route.params, values);
  if (parsed.ok && Object.values(values).every((value) => value === undefined || isStorable(value))) {
    return parsed.value;
  }
  throw new ApiError(notFoundCode(route));
}

/** The server calls the parameter that spans slashes `*`. */
function nameParams(given: Readonly<Record<string, string | undefined>>) {
  if (!('*' in given)) return given;
  const { '*': path, ...rest } = given;
  return { ...rest, ...(path !== undefined && { path }) };
}

function notFoundCode(route: Route): ErrorCode {
  return route.errors.find((code) => code.endsWith('.not-found')) ?? 'route.not-found';
}

const MEMOS = new WeakMap<Route, QueryMemo<Part>>();

function readQuery(route: Route, request: FastifyRequest): Part {
  if (route.query === undefined) return ABSENT;
  const memo = MEMOS.get(route) ?? new QueryMemo<Part>();
  MEMOS.set(route, memo);
  return memo.get(queryTextOf(request), () => readValues(route.query, request.query));
}

function readValues(schema: z.ZodType | undefined, given: unknown): Part {
  if (schema === undefined) return ABSENT;
  const values = given as Readonly<Record<string, string | readonly string[] | undefined>>;
  const broken = Object.keys(values).filter((key) => ![key, ...[values[key] ?? []].flat()].every(isStorable));
  if (broken.length === 0) return parseValues(schema, values);
  const message = 'expected text without NUL characters; remove them';
  return { ok: false, problems: broken.map((field) => ({ field: field.replaceAll('\0', ''), message })) };
}

function readBody(
  schema: z.ZodType | undefined,
  stored: Readonly<Record<string, unknown>> | undefined,
  given: unknown,
): Part {
  if (schema === undefined) return ABSENT;
  if (stored === undefined || typeof given !== 'object' || given === null || Array.isArray(given)) {
    return parseBody(schema, given);
  }
  return parseBody(schema, layOver(stored, given));
}

/** A field, under either name that `parseBody` accepts, replaces the stored one as a whole. */
function layOver(stored: Readonly<Record<string, unknown>>, given: object): Record<string, unknown> {
  const kept = Object.entries(stored).filter(
    ([name]) => !Object.hasOwn(given, name) && !Object.hasOwn(given, name.toLowerCase()),
  );
  return Object.fromEntries([...kept, ...Object.entries(given)]);
}

function refuseProblems(values: Readonly<Record<'query' | 'headers', Part>>, body: Part): void {
  if (values.query.ok && values.headers.ok && body.ok) return;
  const inValues = Object.values(values).flatMap(problemsOf);
  const inBody = problemsOf(body);
  if (inBody.length > 0) throw new ApiError('request.invalid', { problems: [...inValues, ...inBody] });
  if (inValues.length > 0) throw new ApiError('request.bad-query', { problems: inValues });
}

function problemsOf(part: Part): readonly FieldProblem[] {
  return part.ok ? [] : part.problems;
}

function valueOf(part: Part): unknown {
  return part.ok ? part.value : undefined;
}
