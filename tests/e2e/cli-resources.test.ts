import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import { eventually } from '../support/eventually.ts';

let bed: CliBed;
before(async () => {
  bed = await startCliBed();
});
after(() => bed[Symbol.asyncDispose]());

/** Runs a command that has to go well and gives what it prints. */
async function out(args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await bed.run(args, input === undefined ? {} : { input });
  assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

const storage = (name: string) =>
  JSON.stringify({
    id: 'shelf',
    name,
    type: 'STORAGE',
    storage: { protocol: 'LOCAL', rootDir: bed.directory, auth: { type: 'LOCAL' } },
  });

test('a system is created, shown, changed, preferred, disabled and deleted', async () => {
  assert.equal(await out(['systems', 'create', '-F', '-'], storage('Shelf')), 'shelf\n');
  assert.match(await out(['systems', 'list', '--type', 'storage']), /\nshelf +STORAGE +UP /);
  assert.equal(await out(['systems', 'update', 'shelf', '-F', '-'], storage('Long shelf')), 'shelf\n');
  assert.match(await out(['systems', 'show', 'shelf']), /name +Long shelf\n/);
  assert.equal(JSON.parse(await out(['systems', 'default', 'set', 'shelf', '-v'])).default, true);
  assert.equal(JSON.parse(await out(['systems', 'default', 'unset', 'shelf', '-v'])).default, false);
  assert.equal(JSON.parse(await out(['systems', 'disable', 'shelf', '-v'])).available, false);
  assert.equal(JSON.parse(await out(['systems', 'enable', 'shelf', '--json=available'])).available, true);
  await out(['systems', 'delete', 'shelf']);
  assert.equal((await bed.run(['systems', 'show', 'shelf'])).code, 6);
});

test('a system that was checked says how its parts answer, and the service what it has in hand', async () => {
  await out(['systems', 'check', 'local']);
  await eventually('what the check has found is kept', async () => {
    const shown = await out(['systems', 'show', 'local']);
    assert.match(shown, /^answers +ok$/m);
    assert.match(shown, /^p95 latency +[\d.]+ ms$/m);
    assert.match(shown, /^scheduler +ok +\S+ +\S+ +at its next use/m);
    return shown;
  });
  assert.match(await out(['systems', 'list']), /^local +EXECUTION +UP +ok /m);
  await eventually('the service is alive', async () => {
    const load = await out(['load']);
    assert.match(load, /^worker lag +\d/m);
    assert.match(load, /^retries +\d+ tasks, \d+ jobs, \d+ deliveries$/m);
    assert.match(load, /^monitor +\d/m);
    assert.match(load, / api,worker +alive /);
    return load;
  });
  assert.equal(await out(['load', '--jq', '.replicas | length']), '1\n');
});

test('roles on a system are granted, listed and revoked', async () => {
  await out(['profiles', 'create', 'ada', '--email', 'ada@example.org', '--first-name', 'Ada']);
  assert.match(await out(['systems', 'roles', 'grant', 'local', 'ada', 'user']), /ada +USER\n/);
  assert.match(await out(['systems', 'roles', 'list', 'local']), /\nada +USER\n/);
  assert.match(await out(['systems', 'roles', 'show', 'local', 'ada']), /role +USER\n/);
  await out(['systems', 'roles', 'revoke', 'local', 'ada']);
  assert.equal((await bed.run(['systems', 'roles', 'show', 'local', 'ada'])).code, 6);
});

test('an app is shown with what a job may give, changed, disabled and deleted', async () => {
  assert.match(await out(['apps', 'list']), /\ngreet-1\.0 +local +enabled/);
  assert.match(await out(['apps', 'show', 'greet-1.0']), /parameter +name +string +yes/);
  const {
    name,
    version,
    parallelism,
    executionType,
    executionSystem,
    deploymentSystem,
    deploymentPath,
    templatePath,
    testPath,
  } = await bed.api.call<Record<string, unknown>>('GET', '/apps/v2/wait-1.0');
  const app = {
    name,
    version,
    parallelism,
    executionType,
    executionSystem,
    deploymentSystem,
    deploymentPath,
    templatePath,
    testPath,
  };
  assert.equal(
    await out(['apps', 'update', 'wait-1.0', '-F', '-'], JSON.stringify({ ...app, label: 'Waits' })),
    'wait-1.0\n',
  );
  assert.equal(JSON.parse(await out(['apps', 'disable', 'wait-1.0', '-v'])).available, false);
  assert.equal(JSON.parse(await out(['apps', 'publish', 'greet-1.0', '-v'])).isPublic, true);
  await out(['apps', 'delete', 'wait-1.0']);
  assert.equal((await bed.run(['apps', 'show', 'wait-1.0'])).code, 6);
});

test('a token is created for a user, works, is listed without its secret, and is refused once revoked', async () => {
  await out(
    ['profiles', 'create', 'bob', '--email', 'bob@example.org', '--password-stdin'],
    'a long password\n',
  );
  assert.match(await out(['profiles', 'list']), /\nbob +/);
  const token = (await out(['tokens', 'create', 'laptop', '--username', 'bob', '--lifetime', '1d'])).trim();
  const asBob = { token };
  assert.match((await bed.run(['profiles', 'show'], asBob)).stdout, /username +bob\n/);
  const [listed] = JSON.parse((await bed.run(['tokens', 'list', '-v'], asBob)).stdout);
  assert.ok(!JSON.stringify(listed).includes(token));
  assert.equal((await bed.run(['tokens', 'revoke', listed.id])).code, 0);
  assert.equal((await bed.run(['profiles', 'show'], asBob)).code, 4);
});
