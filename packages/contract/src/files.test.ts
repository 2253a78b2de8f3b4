import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fileActionRequestSchema,
  fileIngestRequestSchema,
  filePermissionRequestSchema,
  subscriptionsOfIngest,
} from './files.ts';
import { parseBody } from './parse-body.ts';
import { renderPath } from './routes.ts';

function parsed<Schema extends Parameters<typeof parseBody>[0]>(schema: Schema, body: unknown) {
  const result = parseBody(schema, body);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

test('an absolute path of a system keeps its slash in an address, a relative one has none', () => {
  const on = (path?: string) => renderPath('listFiles', { systemId: 's', path });
  assert.equal(on('/a b/c#'), '/files/v2/listings/system/s//a%20b/c%23');
  assert.equal(on('a//b/'), '/files/v2/listings/system/s/a/b');
  assert.equal(on('/'), '/files/v2/listings/system/s//');
  assert.equal(on(), '/files/v2/listings/system/s');
  assert.equal(renderPath('downloadFile', { path: '/x' }), '/files/v2/media//x');
  assert.equal(renderPath('listFileHistory'), '/files/v2/history');
});

test('an import is read as JSON and as a form, under both names of its address', () => {
  const address = 'https://example.org/a';
  for (const body of [{ urlToIngest: address }, { url: address }, { URLTOINGEST: address, fileName: ' ' }])
    assert.deepEqual(parsed(fileIngestRequestSchema, body), { urlToIngest: address });
  assert.equal(parseBody(fileIngestRequestSchema, {}).ok, false);
});

test('the address of a callback is told once of either end, and of nothing when subscriptions are given', () => {
  const ingest = (body: object) =>
    subscriptionsOfIngest(parsed(fileIngestRequestSchema, { url: 'https://example.org/a', ...body }));
  const events = (body: object) => ingest(body).map(({ event, persistent }) => [event, persistent]);
  const both = [
    ['STAGING_COMPLETED', false],
    ['STAGING_FAILED', false],
  ];
  assert.deepEqual(events({ callbackUrl: 'https://example.org/hook' }), both);
  assert.deepEqual(events({ notifications: 'ada@example.org' }), both);
  const notifications = [{ url: 'https://example.org/hook', event: '*', persistent: true }];
  assert.deepEqual(events({ notifications, callbackUrl: 'https://example.org/x' }), [['*', true]]);
  assert.deepEqual(events({ notifications: JSON.stringify(notifications) }), [['*', true]]);
  assert.deepEqual(events({}), []);
});

test('unknown actions pass the schema, so that they are answered as such', () => {
  assert.equal(parsed(fileActionRequestSchema, { action: 'explode' }).action, 'explode');
  assert.equal(parseBody(fileActionRequestSchema, { path: 'x' }).ok, false);
});

test('a permission is read in any case, and is not recursive by itself', () => {
  assert.deepEqual(parsed(filePermissionRequestSchema, { username: 'ada', permission: 'read_permission' }), {
    username: 'ada',
    permission: 'READ',
    recursive: false,
  });
  assert.equal(
    parsed(filePermissionRequestSchema, { username: 'ada', permission: 'all', recursive: 'True' }).recursive,
    true,
  );
});
