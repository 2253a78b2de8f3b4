import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildOpenApi } from './openapi.ts';
import { OPERATION_IDS, routeOf } from './routes.ts';

interface Operation {
  readonly parameters: readonly { readonly name?: string }[];
  readonly responses: Readonly<Record<string, { readonly headers?: object }>>;
}

test('the document of the API says of every conditional operation how to ask for changes only', () => {
  const { paths } = buildOpenApi({ version: '1' }) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  for (const id of OPERATION_IDS) {
    const { path, method, conditional = false } = routeOf(id);
    const operation = paths[path]?.[method.toLowerCase()] ?? assert.fail(`${id} is missing`);
    const named = operation.parameters.some(({ name }) => name === 'if-none-match');
    assert.deepEqual([named, '304' in operation.responses], [conditional, conditional], id);
    assert.equal('etag' in (operation.responses['200']?.headers ?? {}), conditional, id);
  }
  assert.ok(OPERATION_IDS.some((id) => routeOf(id).conditional === true));
});
