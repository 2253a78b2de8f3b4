import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';

let bed: CliBed;
before(async () => {
  bed = await startCliBed();
  await bed.api.call('POST', '/profiles/v2', { username: 'grace', email: 'grace@example.org' });
});
after(() => bed[Symbol.asyncDispose]());

/** What a command that goes well prints. */
async function run(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await bed.run(args);
  assert.equal(code, 0, stderr);
  return stdout;
}

test('permissions on an app are granted, shown, revoked and dropped', async () => {
  assert.match(await run('apps', 'pems', 'grant', 'greet-1.0', 'grace', 'READ_EXECUTE'), /grace +yes +yes\n/);
  assert.match(await run('apps', 'pems', 'show', 'greet-1.0', 'grace'), /\ngrace +yes +yes\n/);
  await run('apps', 'pems', 'revoke', 'greet-1.0', 'grace');
  assert.equal((await bed.run(['apps', 'pems', 'show', 'greet-1.0', 'grace'])).code, 6);
  await run('apps', 'pems', 'grant', 'greet-1.0', 'grace', 'ALL');
  await run('apps', 'pems', 'drop', 'greet-1.0');
  assert.doesNotMatch(await run('apps', 'pems', 'list', 'greet-1.0'), /grace/);
});

test('an app is cloned, and app and system have a history', async () => {
  assert.equal(await run('apps', 'clone', 'greet-1.0', '--name', 'hello'), 'hello-1.0\n');
  assert.match(await run('apps', 'show', 'hello-1.0'), /parameter +name/);
  assert.match(await run('apps', 'history', 'greet-1.0'), / CREATED /);
  const [{ executionSystem }] = JSON.parse(await run('apps', 'list', '--json', 'executionSystem'));
  assert.match(await run('systems', 'history', executionSystem), / CREATED /);
});

test('documents are stored, sought, changed and deleted', async () => {
  const job = await bed.submit('greet-1.0', 'parameters.name=ada');
  const value = '{"kelvin":293}';
  const uuid = (await run('meta', 'create', '--name', 'run', '--value', value, '--associate', job)).trim();
  assert.equal(await run('meta', 'search', '{"value.kelvin":{"$gt":290}}', '-q'), `${uuid}\n`);
  assert.equal(await run('meta', 'search', `{"associationIds":"${job}"}`, '-q'), `${uuid}\n`);
  assert.match(await run('meta', 'update', uuid, '--value', '{"kelvin":300}'), /\{"kelvin":300\}/);
  assert.equal(await run('meta', 'list', '--jq', '.[].value.kelvin'), '300\n');
  await run('meta', 'delete', uuid);
  assert.equal((await bed.run(['meta', 'show', uuid])).code, 6);
  assert.equal((await bed.run(['meta', 'create', '--name', 'run', '--value', 'no json'])).code, 2);
});

test('a postit gives a file to whoever has its address, as often as was said', async () => {
  const address = (await run('postits', 'create', 'words.txt', '--max-uses', '2', '--lifetime', '1h')).trim();
  const read = async () => (await fetch(address)).text();
  assert.equal(await read(), 'some words to count\n');
  assert.match(await run('postits', 'list'), /\b1\b/);
  await run('postits', 'delete', address.split('/').at(-1) ?? '');
  assert.equal((await fetch(address)).status, 404);
});

test('what another service exported is registered, and what is refused is said by field', async () => {
  const app = JSON.parse(await run('apps', 'show', '-v', 'greet-1.0'));
  const exported = join(bed.directory, 'exported.json');
  const broken = { ...app, name: 'broken', parallelism: 'SOMETIMES' };
  await writeFile(
    exported,
    JSON.stringify({ status: 'success', result: [{ ...app, name: 'moved' }, broken] }),
  );
  const { code, stdout, stderr } = await bed.run(['import', exported]);
  assert.equal(code, 1);
  assert.equal(stdout, 'moved-1.0\n');
  assert.match(stderr, /app greet-1\.0 was refused: [^]*parallelism/);
  assert.match(stderr, /Registered 1, refused 1\./);
  await writeFile(exported, (await readFile(exported, 'utf8')).replaceAll('executionSystem', 'elsewhere'));
  assert.equal((await bed.run(['import', exported])).code, 2);
});
