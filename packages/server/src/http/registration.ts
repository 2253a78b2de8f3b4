import {
  ApiError,
  neededScope,
  OPERATION_IDS,
  type OperationId,
  type Route,
  routeOf,
  type Scope,
} from '@arras/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findForeignPage, findMissingScope } from '../auth/admit.ts';
import type { Principal } from '../auth/authenticate.ts';
import type { HttpContext } from './context.ts';
import { type Handlers, runHandler } from './handler.ts';
import { sendReply } from './send-reply.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, once authenticated. */
    viewer: Principal | null;
  }
  interface FastifyContextConfig {
    /** The operation that answers; absent where none does. */
    operationId?: OperationId;
    /** Whether the operation takes forms beside JSON. */
    acceptsForm?: boolean;
    /** Whether the operation reads forms with files itself. */
    takesUpload?: boolean;
    /** Whether the JSON may come as a file in a form. */
    takesDocument?: boolean;
  }
}

/** The methods that the server tells apart; any other is unknown to it. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
type Method = (typeof METHODS)[number];

/** Registers every operation of the contract, and 405 for the other methods of every path. */
export function registerOperations(app: FastifyInstance, context: HttpContext, handlers: Handlers): void {
  app.decorateRequest('viewer', null);
  app.decorate('handlers', handlers);
  const methodsOf = new Map<string, Method[]>();
  for (const operationId of OPERATION_IDS) {
    const route = routeOf(operationId);
    const entrance = { access: route.access, needed: neededScope(route) };
    for (const path of [route.path, ...(route.aliases ?? [])]) {
      const methods: Method[] = route.head === true ? [route.method, 'HEAD'] : [route.method];
      const url = toPattern(path);
      methodsOf.set(url, [...(methodsOf.get(url) ?? []), ...methods]);
      app.route({
        method: methods,
        url,
        config: {
          operationId,
          acceptsForm: route.form === true,
          takesUpload: route.upload === true,
          takesDocument: route.document === true,
        },
        ...(route.bodyLimitBytes !== undefined && { bodyLimit: route.bodyLimitBytes }),
        onRequest: (request, _reply, done) => {
          admit(request, entrance, context, done);
        },
        handler: (request, reply) => {
          const operation = { route, path, handler: handlers[operationId] };
          // A handler that returns a promise makes the server wait for the end of the answer as well.
          runHandler(operation, context, { request, reply })
            .then((answer) => sendReply(answer, { route, version: context.version, request, reply }))
            .catch((error: unknown) => reply.send(error));
        },
      });
    }
  }
  for (const [url, methods] of methodsOf) refuseOtherMethods(app, url, methods);
}

/** `/jobs/v2/{id}/outputs/media/{path}` as the router writes it; the parameter `path` spans slashes. */
function toPattern(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'path' ? '*' : `:${name}`));
}

/** Before the body is read, so that strangers cannot make the service read one. */
function admit(
  request: FastifyRequest,
  { access, needed }: { readonly access: Route['access']; readonly needed: Scope | null },
  context: HttpContext,
  done: (error?: Error) => void,
): void {
  if (access === 'public') return done();
  const { auth } = context;
  const { headers, method } = request;
  const isWrite = method !== 'GET' && method !== 'HEAD';
  const foreign = findForeignPage({ headers, isWrite }, context);
  if (foreign !== null) return done(foreign);
  const enter = (viewer: Principal): void => {
    request.viewer = viewer;
    if (access === 'admin' && !viewer.isAdmin) return done(new ApiError('access.admin-only'));
    done(findMissingScope(viewer, needed) ?? undefined);
  };
  const known = auth.recall(headers);
  if (known === null) auth.authenticate(headers).then(enter, done);
  else enter(known);
}

/** OPTIONS tells the methods and nothing more: there are no answers for pages of other origins. */
function refuseOtherMethods(app: FastifyInstance, url: string, methods: readonly Method[]): void {
  const allow = [...methods, 'OPTIONS'].join(', ');
  app.route({
    method: METHODS.filter((method) => !methods.includes(method)),
    url,
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      reply.header('allow', allow);
      if (request.method !== 'OPTIONS') throw new ApiError('route.method-not-allowed');
      return reply.code(204).send();
    },
    handler: (_request, reply) => reply,
  });
}
