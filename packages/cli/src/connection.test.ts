import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { dataDirectory, findConnection, type Host } from './connection.ts';

const directory = mkdtempSync(join(tmpdir(), 'arras-connection-'));
after(() => rmSync(directory, { recursive: true }));

const profile = { url: 'http://profile.test', token: 'from-profile' };
const local = { url: 'http://127.0.0.1:8383', token: 'from-service' };
let number = 0;

/** A machine with these files and variables. */
function host({
  env = {},
  stored = {},
  mode = 0o600,
}: {
  env?: Record<string, string>;
  stored?: { profile?: object; local?: object };
  mode?: number;
}): Host {
  const home = join(directory, String(number++));
  const config = join(home, '.config', 'arras');
  const data = join(home, 'data');
  for (const path of [config, data]) mkdirSync(path, { recursive: true });
  if (stored.profile) writeFileSync(join(config, 'config.json'), JSON.stringify(stored.profile), { mode });
  if (stored.local) writeFileSync(join(data, 'cli.json'), JSON.stringify(stored.local), { mode });
  return { env: { ARRAS_DATA_DIR: data, ...env }, isRoot: false, home };
}

test('flags win over the environment, that over the profile, that over the service on this machine', () => {
  const env = { ARRAS_URL: 'http://env.test/', ARRAS_TOKEN: 'from-env' };
  const all = host({ env, stored: { profile, local } });
  assert.deepEqual(findConnection({ url: 'http://flag.test', token: 'flag' }, all), {
    url: 'http://flag.test',
    token: 'flag',
  });
  assert.deepEqual(findConnection({}, all), { url: 'http://env.test', token: 'from-env' });
  assert.deepEqual(findConnection({}, host({ stored: { profile, local } })), profile);
  assert.deepEqual(findConnection({}, host({ stored: { local } })), local);
});

test('a token from a file goes only to the address in the same file', () => {
  const stored = { profile, local };
  assert.throws(() => findConnection({ url: 'http://evil.test' }, host({ stored })), {
    message: 'There is no token for http://evil.test.',
  });
  assert.deepEqual(findConnection({ url: `${local.url}/` }, host({ stored })), local);
});

test('without any service the reader is told where it was sought: exit code 7', () => {
  assert.throws(
    () => findConnection({}, host({})),
    (error: { complaint: { exitCode: number; why: string[] } }) => {
      return error.complaint.exitCode === 7 && /config\.json.*cli\.json/.test(error.complaint.why.join());
    },
  );
});

test('a file with a token that others can read is refused with the remedy', () => {
  const open = host({ stored: { profile }, mode: 0o644 });
  assert.throws(
    () => findConnection({}, open),
    (error: { complaint: { todo: string } }) => error.complaint.todo.startsWith('chmod 600 '),
  );
});

test('a file of another form and an address of another kind are refused', () => {
  assert.throws(() => findConnection({}, host({ stored: { profile: ['no'] } })), /cannot be used/);
  assert.throws(
    () => findConnection({ url: 'ftp://a.test', token: 't' }, host({})),
    /not the address of a service/,
  );
});

test('the data directory follows the service: set, root, or the home of the user', () => {
  assert.equal(dataDirectory({ env: { ARRAS_DATA_DIR: '/d' }, isRoot: true, home: '/h' }), '/d');
  assert.equal(dataDirectory({ env: {}, isRoot: true, home: '/h' }), '/var/lib/arras');
  assert.equal(dataDirectory({ env: {}, isRoot: false, home: '/h' }), '/h/.local/share/arras');
  assert.equal(dataDirectory({ env: { XDG_DATA_HOME: '/x' }, isRoot: false, home: '/h' }), '/x/arras');
});

test('a profile that is named is the only file that counts', () => {
  const machine = host({ env: { ARRAS_PROFILE: 'work' }, stored: { profile, local } });
  assert.throws(() => findConnection({}, machine), { message: 'There is no profile work.' });
  const profiles = join(machine.home, '.config', 'arras', 'profiles');
  mkdirSync(profiles);
  const work = { url: 'http://work.test', token: 'from-work' };
  writeFileSync(join(profiles, 'work.json'), JSON.stringify(work), { mode: 0o600 });
  assert.deepEqual(findConnection({}, machine), work);
});

test('names of profiles lead nowhere else', () => {
  for (const name of ['../config', 'a/b', '.', 'a b', 'x'.repeat(65)])
    assert.throws(
      () => findConnection({}, host({ env: { ARRAS_PROFILE: name } })),
      /is no name for a profile/,
    );
});

test('the session of the command line of Tapis is read last, from where that keeps it', () => {
  const session = { baseurl: 'https://api.tapis.test', access_token: 'from-tapis', username: 'ada' };
  const connection = { url: 'https://api.tapis.test', token: 'from-tapis' };
  for (const place of [
    {},
    { AGAVE_CACHE_DIR: 'cache' },
    { TAPIS_CACHE_DIR: 'cache', AGAVE_CACHE_DIR: 'none' },
  ]) {
    const machine = host({});
    const isNamed = Object.keys(place).length > 0;
    const folder = join(machine.home, isNamed ? 'cache' : '.agave');
    mkdirSync(folder);
    writeFileSync(join(folder, 'current'), JSON.stringify(session), { mode: 0o600 });
    const named = Object.fromEntries(
      Object.entries(place).map(([key, name]) => [key, join(machine.home, name)]),
    );
    assert.deepEqual(findConnection({}, { ...machine, env: { ...machine.env, ...named } }), connection);
  }
  const both = host({ stored: { local } });
  mkdirSync(join(both.home, '.agave'));
  writeFileSync(join(both.home, '.agave', 'current'), JSON.stringify(session), { mode: 0o600 });
  assert.deepEqual(findConnection({}, both), local);
});
