import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import type { z } from 'zod';
import { ApiError, ERROR_CODES, ERRORS, errorEnvelopeSchema, renderErrorEnvelope } from './errors.ts';
import { JOB_STATUSES } from './events.ts';
import { buildOpenApi } from './openapi.ts';
import { errorsOf } from './route.ts';
import { OPERATION_IDS, parameterNames, renderPath, routeOf } from './routes.ts';
import { JOB_PHASES, STATUS_LOOKS } from './vocabulary.ts';

const document = buildOpenApi({ version: '0.1.0' });

/** Every `$ref` anywhere in a document. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === '$ref' && typeof item === 'string' ? [item] : references(item),
  );
}

function lookUp(pointer: string): unknown {
  const parts = pointer.replace('#/', '').split('/');
  return parts.reduce<unknown>(
    (value, part) => (value as Record<string, unknown> | undefined)?.[part],
    document,
  );
}

test('every reference of the OpenAPI document resolves, and no schema hides definitions of its own', () => {
  const all = references(document);
  assert.ok(all.length > 100);
  for (const pointer of all) assert.notEqual(lookUp(pointer), undefined, pointer);
  assert.doesNotMatch(JSON.stringify(document), /"\$defs"|__shared/);
});

test('every operation of the OpenAPI document has the parameters of its path and at least one success', () => {
  const ids: string[] = [];
  for (const [address, methods] of Object.entries(
    document.paths as Record<string, Record<string, unknown>>,
  )) {
    for (const operation of Object.values(methods)) {
      const { operationId, parameters, responses } = operation as {
        operationId?: string;
        parameters: { name?: string; in?: string }[];
        responses: Record<string, unknown>;
      };
      if (operationId !== undefined) ids.push(operationId);
      const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      assert.deepEqual(inPath, parameterNames(address));
      assert.ok(Object.keys(responses).some((status) => /^[23]/.test(status)));
    }
  }
  assert.deepEqual(ids.toSorted(), OPERATION_IDS.toSorted());
});

test('request schemas describe what to send, result schemas what comes back', () => {
  const schema = (name: string) => lookUp(`#/components/schemas/${name}`) as z.core.JSONSchema.JSONSchema;
  assert.deepEqual(schema('JobRequest').required, ['name', 'appId']);
  assert.ok(schema('Job').required?.includes('lastUpdated'));
  assert.deepEqual(schema('JobRequest').properties?.nodeCount, {
    description: "Nodes. Default: the app's, else 1.",
    type: 'integer',
    minimum: 1,
    maximum: 2_147_483_647,
  });
});

test('no result can show a credential', () => {
  for (const name of ['System', 'ExecutionSystem', 'StorageSystem', 'SystemSummary', 'Profile', 'Token']) {
    const text = JSON.stringify(lookUp(`#/components/schemas/${name}`));
    assert.doesNotMatch(text, /"(password|privateKey|publicKey|credential|token|hash)":/, name);
  }
});

test('the committed OpenAPI document and references are current', () => {
  execFileSync(process.execPath, [path.join(import.meta.dirname, 'generate.ts'), '--check'], {
    stdio: 'pipe',
  });
});

test('no two operations share a method and a path', () => {
  const seen = OPERATION_IDS.flatMap((id) => {
    const route = routeOf(id);
    return [route.path, ...(route.aliases ?? [])].map((address) => `${route.method} ${address}`);
  });
  assert.equal(new Set(seen).size, seen.length);
});

test('routes declare exactly the parameters that their paths have', () => {
  for (const id of OPERATION_IDS) {
    const route = routeOf(id);
    const inPaths = new Set([route.path, ...(route.aliases ?? [])].flatMap(parameterNames));
    assert.deepEqual(Object.keys(route.params?.shape ?? {}).toSorted(), [...inPaths].toSorted(), id);
  }
});

test('routes list each of their error codes once, and only codes of the catalogue', () => {
  for (const id of OPERATION_IDS) {
    const codes = errorsOf(routeOf(id));
    assert.equal(new Set(codes).size, codes.length, id);
    for (const code of codes) assert.ok(code in ERRORS, code);
  }
});

test('every code of the catalogue is used by a route, or belongs to requests that reach none', () => {
  const used = new Set(OPERATION_IDS.flatMap((id) => errorsOf(routeOf(id))));
  const outside = ['request.failed', 'route.not-found', 'route.method-not-allowed'];
  assert.deepEqual(
    ERROR_CODES.filter((code) => !used.has(code)),
    outside,
  );
});

test('paths are filled in and percent-encoded, and the given parameters choose among aliases', () => {
  assert.equal(renderPath('showJob', { id: 'a/b?c' }), '/jobs/v2/a%2Fb%3Fc');
  assert.equal(renderPath('listJobOutputs', { id: '1' }), '/jobs/v2/1/outputs/listings');
  assert.equal(
    renderPath('listJobOutputs', { id: '1', path: '/a b//c#' }),
    '/jobs/v2/1/outputs/listings/a%20b/c%23',
  );
  assert.throws(() => renderPath('showJob'), /no path/);
});

test('an error names every bad field in its message and carries no result', () => {
  const problems = [
    { field: 'nodeCount', message: 'expected a whole number above 0, got 0 (number)' },
    { field: 'inputs.dataset', message: 'is required' },
  ];
  const envelope = renderErrorEnvelope(new ApiError('request.invalid', { problems }), {
    version: '2.4.9-r1',
    requestId: 'r-1',
  });
  assert.deepEqual(envelope, {
    status: 'error',
    message:
      'The request has fields that cannot be accepted. nodeCount: expected a whole number above 0, got 0 (number). inputs.dataset: is required.',
    version: '2.4.9-r1',
    code: 'request.invalid',
    errors: problems,
    requestId: 'r-1',
  });
  assert.deepEqual(errorEnvelopeSchema.parse(envelope), envelope);
});

test('a refused token carries the fault that makes existing clients refresh it, other errors do not', () => {
  const faultOf = (code: 'auth.expired' | 'auth.missing' | 'job.not-found') =>
    renderErrorEnvelope(new ApiError(code), { version: 'v' }).fault?.code;
  assert.equal(faultOf('auth.expired'), 900_904);
  assert.equal(faultOf('auth.missing'), undefined);
  assert.equal(faultOf('job.not-found'), undefined);
});

test('each status has a phase of the table, one symbol, one ASCII symbol and a class', () => {
  assert.deepEqual(Object.keys(STATUS_LOOKS).toSorted(), JOB_STATUSES.toSorted());
  for (const { phase, symbol, ascii } of Object.values(STATUS_LOOKS)) {
    assert.ok(phase === null || phase === 'done' || JOB_PHASES.includes(phase));
    assert.equal(symbol.length, 1);
    assert.match(ascii, /^[\x21-\x7e]$/);
  }
});
