import { buffer } from 'node:stream/consumers';
import { ApiError } from '@arras/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parse as parseSafely } from 'secure-json-parse';
import { type BodyLimits, scanBody } from '../domain/body-scan.ts';
import { readMultipart } from './files/multipart.ts';
import { expectUpload } from './long-requests.ts';
import { keepSignedBody } from './signed-body.ts';

/** Requests of this service are flat and small; 200 inputs and 500 parameters of an app fit well within these. */
const LIMITS: BodyLimits = { depth: 64, keys: 20_000 };

/** Fields of a form. */
const MAX_PAIRS = 1_000;

/** Reads the bodies that the API knows, and refuses all others before they are read. */
export function addBodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      keepSignedBody(request, body);
      return parseJsonBody(body);
    },
  );
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      if (body.length > 0 && request.routeOptions.config.acceptsForm !== true) throw unsupported(request);
      return parseForm(body);
    },
  );
  // An upload is read by the handler as it comes. Whoever may send no form is refused before any of it is read.
  app.addContentTypeParser('multipart/form-data', async (request: FastifyRequest) => {
    const { takesUpload, takesDocument } = request.routeOptions.config;
    if (takesDocument === true) return readFormDocument(request);
    if (takesUpload !== true) throw unsupported(request);
    expectUpload(request);
    return undefined;
  });
  app.addContentTypeParser('*', async (request: FastifyRequest) => {
    // Existing clients send an empty body with a media type where none is needed.
    if (request.headers['content-length'] !== '0') throw unsupported(request);
  });
}

/** The JSON in the file of a form, or else the fields of the form: both are in use (spec: conventions 7). */
async function readFormDocument(request: FastifyRequest): Promise<unknown> {
  let file: Buffer | undefined;
  const fields = await readMultipart(request.raw, {
    maxBytes: request.routeOptions.bodyLimit,
    maxFields: MAX_PAIRS,
    onFile: async (_name, content) => {
      file = await buffer(content);
    },
  });
  return file === undefined ? fieldsOf([...fields]) : parseJsonBody(file);
}

/** Undefined for an empty body: whether one is needed is for the route's schema to say. */
export function parseJsonBody(body: Uint8Array): unknown {
  if (body.length === 0) return undefined;
  const verdict = scanBody(body, LIMITS);
  if (verdict === 'too-deep') throw new ApiError('request.too-deep');
  if (verdict === 'too-many-keys') {
    throw new ApiError('request.malformed', {
      message: `The request body has more than ${LIMITS.keys} fields; put long data in a file and name it as an input.`,
    });
  }
  const text = decodeUtf8(body);
  try {
    return parseSafely(text, { protoAction: 'error', constructorAction: 'error' });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new ApiError('request.malformed', {
      message: `The request body is not valid JSON: ${detail}.`,
      cause,
    });
  }
}

/** The last value of a name wins; `+` is a blank. Undefined for an empty body. */
export function parseForm(body: Uint8Array): Record<string, string> | undefined {
  if (body.length === 0) return undefined;
  const pairs = decodeUtf8(body)
    .split('&')
    .filter((pair) => pair !== '');
  if (pairs.length > MAX_PAIRS) {
    throw new ApiError('request.malformed', { message: `The form has more than ${MAX_PAIRS} fields.` });
  }
  return fieldsOf(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [decodeFormText(name), decodeFormText(value.join('='))];
    }),
  );
}

const RESERVED_FIELDS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

function fieldsOf(pairs: readonly (readonly [name: string, value: string])[]): Record<string, string> {
  const reserved = pairs.find(([name]) => RESERVED_FIELDS.includes(name))?.[0];
  if (reserved === undefined) return Object.fromEntries(pairs);
  throw new ApiError('request.malformed', { message: `The form has the reserved field ${reserved}.` });
}

function decodeFormText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw new ApiError('request.not-utf8', { cause });
  }
}

/** A byte order mark at the beginning is dropped. */
function decodeUtf8(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw new ApiError('request.not-utf8', { cause });
  }
}

function unsupported(request: FastifyRequest): ApiError {
  const given = request.headers['content-type'];
  const forms =
    request.routeOptions.config.acceptsForm === true ? ' or application/x-www-form-urlencoded' : '';
  return new ApiError('request.unsupported-media-type', {
    message: `Expected a body of the media type application/json${forms}, got ${given === undefined ? 'none' : JSON.stringify(given.slice(0, 60))}.`,
  });
}
