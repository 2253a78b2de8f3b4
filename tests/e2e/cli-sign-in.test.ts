import assert from 'node:assert/strict';
import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import { runCommand } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { openScreen } from '../support/terminal-screen.ts';

const PASSWORD = 'correct horse battery';

let bed: CliBed;
before(async () => {
  bed = await startCliBed();
  await bed.api.call('POST', '/profiles/v2', {
    username: 'grace',
    email: 'grace@example.org',
    password: PASSWORD,
  });
});
after(() => bed[Symbol.asyncDispose]());

/** The command line of a user who has set nothing but their own directory of settings. */
function runAs(home: string, args: readonly string[], input = '') {
  return runCommand(args, { input, environment: { XDG_CONFIG_HOME: join(bed.directory, home) } });
}

test('a login is remembered, readable only by its owner, until the logout revokes it', async () => {
  const login = ['login', bed.url, '--username', 'grace', '--password-stdin', '--lifetime', '1h'];
  const { code, stdout, stderr } = await runAs('grace', login, `${PASSWORD}\n`);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /^Signed in to http:\S+ as grace\. /);
  const path = join(bed.directory, 'grace/arras/config.json');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const { token } = JSON.parse(await readFile(path, 'utf8'));
  const listed = await runAs('grace', ['tokens', 'list', '--json', 'name,kind,expires']);
  const [own, ...others] = JSON.parse(listed.stdout);
  assert.match(own.name, /^arras on /);
  assert.equal(own.kind, 'personal');
  assert.ok(Date.parse(own.expires) - Date.now() < 3_600_000 + 60_000);
  // The session with which the token was made is over.
  assert.deepEqual(others, []);
  assert.equal((await runAs('grace', ['logout'])).code, 0);
  await assert.rejects(access(path));
  const refused = await runCommand(['jobs', 'list'], { url: bed.url, token });
  assert.equal(refused.code, 4);
  assert.equal((await runAs('grace', ['logout'])).code, 2);
});

test('a wrong password is said, and nothing is remembered', async () => {
  const { code, stderr } = await runAs(
    'eve',
    ['login', bed.url, '--username', 'grace', '--password-stdin'],
    'wrong password\n',
  );
  assert.equal(code, 4);
  assert.match(stderr, /try: Check the name and the password\./);
  await assert.rejects(access(join(bed.directory, 'eve')));
});

test('a token that exists can be remembered, and limited ones are made with --scopes', async () => {
  const login = ['login', bed.url, '--username', 'grace', '--password-stdin'];
  assert.equal((await runAs('limited', [...login, '--scopes', 'jobs:read'], PASSWORD)).code, 0);
  assert.equal((await runAs('limited', ['jobs', 'list'])).code, 0);
  assert.equal((await runAs('limited', ['files', 'list'])).code, 4);
  assert.equal((await runAs('whole', login, PASSWORD)).code, 0);
  const made = await runAs('whole', ['tokens', 'create', 'reader', '--scopes', 'jobs:read,profiles:read']);
  assert.equal(made.code, 0, made.stderr);
  assert.equal((await runAs('reader', ['login', bed.url, '--token-stdin'], made.stdout)).code, 0);
  assert.equal((await runAs('reader', ['jobs', 'list'])).code, 0);
  const refused = await runAs('reader', ['tokens', 'create', 'more']);
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /tokens:write/);
});

test('on a terminal the password is asked for and never shown', async () => {
  await using screen = await openScreen(['login', bed.url, '--username', 'grace'], {
    url: '',
    environment: { XDG_CONFIG_HOME: join(bed.directory, 'asked') },
  });
  await eventually('it asks', async () => /Password: ?$/m.test(await screen.read()), { timeoutMs: 30_000 });
  await screen.press(PASSWORD);
  await screen.press('Enter');
  const { code, text } = await screen.finished();
  assert.equal(code, 0, text);
  assert.ok(!text.includes(PASSWORD));
  assert.match(text, /Signed in to/);
});

test('a profile is made by a login of its name, used by that name, and goes before the environment', async () => {
  const login = ['login', bed.url, '--profile', 'work', '--username', 'grace', '--password-stdin'];
  assert.equal((await runAs('two', login, `${PASSWORD}\n`)).code, 0);
  const path = join(bed.directory, 'two/arras/profiles/work.json');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const whoAmI = ['profiles', 'show', 'me', '--json', 'username', '--jq', '.username'];
  assert.equal((await runAs('two', [...whoAmI, '--profile', 'work'])).stdout, 'grace\n');
  assert.equal((await runAs('two', whoAmI)).code, 7, 'the usual profile is another one');
  const environment = { XDG_CONFIG_HOME: join(bed.directory, 'two') };
  const named = await runCommand(['--profile', 'work', ...whoAmI], { url: bed.url, environment });
  assert.equal(named.stdout, 'grace\n', 'although ARRAS_TOKEN is another user');
  const missing = await runAs('two', [...whoAmI, '--profile', 'other']);
  assert.equal(missing.code, 4);
  assert.match(missing.stderr, /no profile other\.[\s\S]*try: Make it: arras login --profile other/);
  assert.equal((await runAs('two', ['logout', '--profile', 'work'])).code, 0);
  await assert.rejects(access(path));
});

test('doctor goes from here to the service step by step, and names the first thing that fails', async () => {
  const well = await bed.run(['doctor']);
  assert.equal(well.code, 0, well.stdout);
  assert.match(
    well.stdout,
    /^. program +\d+ ms {2}arras \d.*\n. profile .*from the environment\n. service .*ready/,
  );
  assert.match(
    well.stdout,
    /\n. signed in .* as admin, .*\n. jobs .*\n. streams .*events arrive as they happen\n$/,
  );
  const forbidden = await bed.run(['doctor'], { token: 'wrong' });
  assert.equal(forbidden.code, 4);
  assert.match(forbidden.stdout, /\n. signed in .*\n +Sign in with "arras login"/);
  assert.match(forbidden.stdout, /\n- streams +not reached\n$/);
  const away = await bed.run(['doctor', '--jq', 'map(select(.result == "failed").step)[]'], {
    url: 'http://127.0.0.1:1',
  });
  assert.deepEqual([away.code, away.stdout], [7, 'service\n']);
});
