import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '../..');

/** A command of the workspace that writes files; it is no part of the published package. */
const COMMAND = 'packages/contract/src/generate.ts';

const sources = globSync('packages/{contract,client}/src/**/*.ts', { cwd: ROOT })
  .filter((path) => !path.endsWith('.test.ts') && path !== COMMAND)
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

/** Code without its comments, which may speak of what code must not use. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*|\s\/\/ .*/gm, '');
}

test('contract and client use nothing that only Node has', () => {
  assert.ok(sources.length > 20);
  const onlyNode =
    /['"]node:|\bprocess\.|\bBuffer\b|\b__dirname\b|\brequire\(|import\.meta\.(?:dirname|filename)/;
  assert.deepEqual(
    sources.filter(({ text }) => onlyNode.test(codeOf(text))).map(({ path }) => path),
    [],
  );
});

test('the client uses nothing that Node 20 or a browser of 2024 lacks', () => {
  const tooNew =
    /Promise\.withResolvers|Object\.groupBy|Map\.groupBy|Array\.fromAsync|Symbol\.(?:async)?[dD]ispose|\bawait using\b|URL\.parse\(/;
  const client = sources.filter(({ path }) => path.startsWith('packages/client/'));
  assert.deepEqual(
    client.filter(({ text }) => tooNew.test(codeOf(text))).map(({ path }) => path),
    [],
  );
});
