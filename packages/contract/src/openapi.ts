import { z } from 'zod';
import { componentName, REQUEST_COMPONENTS, RESULT_COMPONENTS } from './components.ts';
import { CONDITIONAL_HEADERS, IF_NONE_MATCH, NOT_MODIFIED } from './conditional-requests.ts';
import { ERRORS } from './errors.ts';
import { UPLOAD_FIELD } from './files.ts';
import { presentationQuerySchema } from './listing.ts';
import { errorsOf, type Route, type Success } from './route.ts';
import { OPERATION_IDS, parameterNames, routeOf } from './routes.ts';
import { wireShapes } from './scalars.ts';

type Json = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 document of the API, made from the routes. `version` is that of the service. */
export function buildOpenApi({ version }: { readonly version: string }): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Arras',
      version,
      description: 'A self-hosted job service that speaks the Tapis v2 (Agave) API.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [...new Set(OPERATION_IDS.map((id) => routeOf(id).tag))].map((name) => ({ name })),
    paths: buildPaths(),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      parameters: Object.fromEntries(
        Object.entries(presentationQuerySchema.shape).map(([name, schema]) => [
          name,
          queryParameter(name, schema),
        ]),
      ),
      schemas: {
        ...componentSchemas(REQUEST_COMPONENTS, 'input'),
        ...componentSchemas(RESULT_COMPONENTS, 'output'),
      },
    },
  };
}

function buildPaths(): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operationId of OPERATION_IDS) {
    const route = routeOf(operationId);
    for (const path of [route.path, ...(route.aliases ?? [])]) {
      const operation = buildOperation(route, path);
      const methods = [route.method.toLowerCase(), ...(route.head === true ? ['head'] : [])];
      for (const method of methods) {
        // An operation id names one address only: aliases and HEAD go without.
        const isMain = path === route.path && method !== 'head';
        paths[path] = { ...paths[path], [method]: { ...(isMain && { operationId }), ...operation } };
      }
    }
  }
  return paths;
}

function buildOperation(route: Route, path: string): Json {
  return {
    summary: route.summary,
    description:
      path === route.path ? route.description : `Another address of ${route.path}. ${route.description}`,
    tags: [route.tag],
    ...(route.access === 'public' && { security: [] }),
    parameters: buildParameters(route, path),
    ...(route.body !== undefined && { requestBody: buildRequestBody(route.body, route) }),
    responses: buildResponses(route),
  };
}

function buildParameters(route: Route, path: string): Json[] {
  const inPath = parameterNames(path).map((name) => ({
    name,
    in: 'path',
    required: true,
    ...described(route.params?.shape[name]),
  }));
  const query = Object.entries(objectShape(route.query)).map(([name, schema]) =>
    queryParameter(name, schema),
  );
  const headers = Object.entries(route.headers?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'header',
    ...described(schema),
  }));
  const presentation = route.bare === true ? [] : Object.keys(presentationQuerySchema.shape);
  return [
    ...inPath,
    ...query,
    ...searchParameter(route.query),
    ...headers,
    ...(route.conditional === true ? [IF_NONE_MATCH] : []),
    ...presentation.map((name) => ({ $ref: `#/components/parameters/${name}` })),
  ];
}

/** What a search takes beside the parameters that it names; every property is one of its own (OpenAPI: style form). */
function searchParameter(schema: z.core.$ZodType | undefined): Json[] {
  if (schema instanceof z.ZodPipe) return searchParameter(schema.def.in);
  const rest = schema instanceof z.ZodObject ? schema.def.catchall : undefined;
  if (rest === undefined) return [];
  const description =
    'Conditions with an operator, such as `name.like=*x*` or `id.in=a,b`; names in any case.';
  return [
    { name: 'search', in: 'query', description, style: 'form', explode: true, schema: wireShapes.get(rest) },
  ];
}

function queryParameter(name: string, schema: z.core.$ZodType): Json {
  return { name, in: 'query', ...described(schema) };
}

/** `description` beside the schema rather than in it, as parameters have it. */
function described(schema: z.core.$ZodType | undefined): Json {
  const {
    description,
    $schema: _,
    ...rest
  } = schema === undefined ? { type: 'string' } : toJson(schema, 'input');
  return { ...(description !== undefined && { description }), schema: rest };
}

function buildRequestBody(body: z.ZodType, { form, upload, document, bodyOptional }: Route): Json {
  const schema = reference(body);
  return {
    required: bodyOptional !== true,
    content: {
      'application/json': { schema },
      ...(form === true && { 'application/x-www-form-urlencoded': { schema } }),
      ...(upload === true && { 'multipart/form-data': { schema: UPLOAD_SCHEMA } }),
      ...(document === true && { 'multipart/form-data': { schema: DOCUMENT_SCHEMA } }),
    },
  };
}

const DOCUMENT_SCHEMA: Json = {
  type: 'object',
  properties: {
    [UPLOAD_FIELD]: {
      type: 'string',
      format: 'binary',
      description: 'A file that holds the JSON. Without it the fields of the form count.',
    },
  },
};

const UPLOAD_SCHEMA: Json = {
  type: 'object',
  properties: {
    [UPLOAD_FIELD]: { type: 'string', format: 'binary', description: 'The content, with its file name.' },
    fileName: { type: 'string', description: 'Replaces the file name of the part.' },
  },
  required: [UPLOAD_FIELD],
};

function buildResponses(route: Route): Json {
  const successes = [route.success, ...(route.alternatives ?? [])];
  const byStatus = Object.groupBy(errorsOf(route), (code) => String(ERRORS[code].status));
  const errors = Object.entries(byStatus).map(([status, codes = []]) => [
    status,
    {
      description: codes.map((code) => `\`${code}\``).join(', '),
      content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorEnvelope' } } },
    },
  ]);
  const good = successes.map((success) => [String(success.status), buildSuccess(success, route)]);
  return Object.fromEntries([
    ...good,
    ...(route.conditional === true ? [['304', NOT_MODIFIED]] : []),
    ...errors,
  ]);
}

function buildSuccess(success: Success, route: Route): Json {
  const description = success.when === undefined ? 'Success' : `When ${success.when}`;
  if (success.schema === 'bytes') {
    const mediaType = success.mediaType ?? 'application/octet-stream';
    return { description, content: { [mediaType]: { schema: { type: 'string' } } } };
  }
  const result = success.schema === null ? null : reference(success.schema);
  const schema = route.bare === true && result !== null ? result : envelope(result);
  return {
    description,
    ...(route.conditional === true && { headers: CONDITIONAL_HEADERS }),
    content: { 'application/json': { schema } },
  };
}

function envelope(result: Json | null): Json {
  return {
    type: 'object',
    properties: {
      status: { const: 'success' },
      message: { type: ['string', 'null'] },
      version: { type: 'string' },
      ...(result !== null && { result }),
    },
    required: ['status', 'message', 'version', ...(result === null ? [] : ['result'])],
  };
}

/** A `$ref` to a named schema, or a list of it. */
function reference(schema: z.core.$ZodType): Json {
  if (schema instanceof z.ZodArray) return { type: 'array', items: reference(schema.element) };
  return { $ref: `#/components/schemas/${componentName(schema as z.ZodType)}` };
}

function objectShape(schema: z.core.$ZodType | undefined): Readonly<Record<string, z.core.$ZodType>> {
  if (schema instanceof z.ZodPipe) return objectShape(schema.def.in);
  return schema instanceof z.ZodObject ? schema.shape : {};
}

interface Conversion {
  readonly zodSchema: z.core.$ZodType;
  readonly jsonSchema: Record<string, unknown>;
}

function adjust({ zodSchema, jsonSchema }: Conversion): void {
  const shape = wireShapes.get(zodSchema);
  if (shape !== undefined) {
    const { description } = jsonSchema;
    for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
    Object.assign(jsonSchema, shape, description === undefined ? {} : { description });
  }
  // zod leaves out defaults of values that it transforms; ours are valid on both sides.
  if (zodSchema instanceof z.ZodDefault) jsonSchema.default = zodSchema.def.defaultValue;
  // Repeats what type and format say.
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // Results may gain fields: a client that validates must not break on them.
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

const options = (io: 'input' | 'output') => ({ io, unrepresentable: 'any' as const, override: adjust });

function toJson(schema: z.core.$ZodType, io: 'input' | 'output'): Json {
  return z.toJSONSchema(schema, options(io));
}

/** JSON Schemas by component name, which refer to each other by `$ref`. */
function componentSchemas(components: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(components)) registry.add(schema, { id });
  const uri = (id: string) => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(registry, { ...options(io), uri });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _schema, $id: _id, ...schema }]) => [name, schema]),
  );
}
