import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { appPermissionSchema, JOB_PERMISSIONS } from '../../packages/contract/src/index.ts';
import {
  addSystems,
  type BedUser,
  codeOf,
  type HttpBed,
  openHttpBed,
  wordCount,
} from '../support/http-bed.ts';

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
  await addSystems(bed);
  await bed.call('POST', '/systems/v2/exec/roles', { body: { username: 'ada', role: 'PUBLISHER' } });
});
after(() => bed.close());

let count = 0;

/** A new app of ada's. */
async function newApp(): Promise<string> {
  count += 1;
  const made = await bed.call('POST', '/apps/v2', { as: 'ada', body: wordCount({ name: `app${count}` }) });
  assert.equal(made.status, 201, made.text);
  return made.json.result.id;
}

const allow = (id: string, permission: unknown, username = 'bob') =>
  bed.call('POST', `/apps/v2/${id}/pems`, { as: 'ada', body: { username, permission } });

const NOTHING = { read: false, write: false, execute: false };

test('every permission is given in every spelling and shown as three booleans', async () => {
  const id = await newApp();
  for (const [word, permission] of Object.entries(JOB_PERMISSIONS)) {
    for (const spelling of [word, word.toLowerCase(), `${word}_PERMISSION`]) {
      const answer = await allow(id, spelling);
      assert.equal(answer.status, 201, answer.text);
      assert.deepEqual(appPermissionSchema.parse(answer.json.result), answer.json.result);
      assert.deepEqual([answer.json.result.username, answer.json.result.permission], ['bob', permission]);
    }
  }
});

test('the list is an array with the owner first, one user is one object, whatever the case of the name', async () => {
  const id = await newApp();
  await allow(id, 'READ', 'eve');
  await bed.call('POST', `/apps/v2/${id}/pems/Bob`, { as: 'ada', body: { permission: 'READ_EXECUTE' } });
  const listed = await bed.call('GET', `/apps/v2/${id}/pems`, { as: 'ada' });
  assert.deepEqual(
    listed.json.result.map((entry: { username: string; permission: object }) => [
      entry.username,
      Object.values(entry.permission),
    ]),
    [
      ['ada', [true, true, true]],
      ['bob', [true, false, true]],
      ['eve', [true, false, false]],
    ],
  );
  const one = await bed.call('GET', `/apps/v2/${id}/pems/BOB`, { as: 'ada' });
  assert.equal(one.json.result._links.self.href, `https://api.example.org/apps/v2/${id}/pems/bob`);
  assert.equal(one.json.result._links.app.href, `https://api.example.org/apps/v2/${id}`);
  assert.equal(
    codeOf(await bed.call('GET', `/apps/v2/${id}/pems/root`, { as: 'ada' })),
    'permission.not-found',
  );
});

test('those an app is shared with do not learn who else has it', async () => {
  const id = await newApp();
  await allow(id, 'READ', 'eve');
  await allow(id, 'READ');
  const namesFor = async (as: BedUser) =>
    (await bed.call('GET', `/apps/v2/${id}/pems`, { as })).json.result.map(
      (entry: { username: string }) => entry.username,
    );
  assert.deepEqual(await namesFor('bob'), ['ada', 'bob']);
  assert.deepEqual(await namesFor('root'), ['ada', 'bob', 'eve']);
  assert.equal((await bed.call('GET', `/apps/v2/${id}/pems/bob`, { as: 'bob' })).status, 200);
  assert.equal(
    codeOf(await bed.call('GET', `/apps/v2/${id}/pems/eve`, { as: 'bob' })),
    'permission.not-found',
  );
});

test('an empty permission revokes and is answered with 200, NONE and null with 201', async () => {
  const id = await newApp();
  for (const [permission, status] of [
    ['', 200],
    ['NONE', 201],
    [null, 201],
  ] as const) {
    await allow(id, 'ALL');
    const answer = await allow(id, permission);
    assert.deepEqual([answer.status, answer.json.result.permission], [status, NOTHING], answer.text);
    assert.equal((await bed.call('GET', `/apps/v2/${id}`, { as: 'bob' })).status, 404);
  }
});

test('a form gives a permission as JSON does', async () => {
  const id = await newApp();
  const answer = await bed.call('POST', `/apps/v2/${id}/pems`, {
    as: 'ada',
    body: 'username=bob&permission=read_execute',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.deepEqual([answer.status, answer.json.result?.permission.execute], [201, true], answer.text);
});

test('what cannot be given is refused with the field named, and nothing is stored', async () => {
  const id = await newApp();
  const give = (path: string, body: unknown) =>
    bed.call('POST', `/apps/v2/${id}/pems${path}`, { as: 'ada', body });
  const cases = [
    ['', { username: 'bob', permission: 'OWN' }, 'permission'],
    ['', { username: 'bob' }, 'permission'],
    ['', { permission: 'READ' }, 'username'],
    ['', { username: 'bob\u0000', permission: 'READ' }, 'username'],
    ['', { username: { $ne: 1 }, permission: 'READ' }, 'username'],
    ['', { username: 'b'.repeat(33), permission: 'READ' }, 'username'],
    ['', { username: 'world', permission: 'READ' }, 'username'],
    ['/bob', { username: 'eve', permission: 'READ' }, 'username'],
  ] as const;
  for (const [path, body, field] of cases) {
    const answer = await give(path, body);
    const fields = answer.json.errors?.map((problem: { field: string }) => problem.field);
    assert.deepEqual([answer.status, fields], [400, [field]], answer.text);
  }
  assert.equal(codeOf(await give('', { username: 'nobody', permission: 'READ' })), 'profile.not-found');
  assert.equal((await give('/ada', { permission: 'NONE' })).status, 403);
  assert.equal((await bed.call('DELETE', `/apps/v2/${id}/pems/ADA`, { as: 'ada' })).status, 403);
  assert.equal((await bed.call('GET', `/apps/v2/${id}/pems`, { as: 'ada' })).json.result.length, 1);
});

/** What bob may do with an app: see it, run it, change it, switch it, share it, delete it. */
async function statusesOf(id: string) {
  const as = 'bob';
  const url = `/apps/v2/${id}`;
  const body = { name: 'j', appId: id, archive: false };
  const { name, version } = (await bed.call('GET', url)).json.result;
  const change = wordCount({ name, version, label: 'changed' });
  return {
    see: (await bed.call('GET', url, { as })).status,
    history: (await bed.call('GET', `${url}/history`, { as })).status,
    pems: (await bed.call('GET', `${url}/pems`, { as })).status,
    run: (await bed.call('POST', '/jobs/v2', { as, body })).status,
    change: (await bed.call('POST', url, { as, body: change })).status,
    disable: (await bed.call('PUT', url, { as, body: { action: 'enable' } })).status,
    share: (await bed.call('POST', `${url}/pems/eve`, { as, body: { permission: 'READ' } })).status,
    unpublish: (await bed.call('PUT', url, { as, body: { action: 'unpublish' } })).status,
    remove: (await bed.call('DELETE', url, { as })).status,
  };
}

test('READ shows an app, EXECUTE runs it, WRITE changes and shares it; its owner keeps the rest', async () => {
  const id = await newApp();
  await bed.call('POST', '/systems/v2/exec/roles', { body: { username: 'bob', role: 'PUBLISHER' } });
  const all = (status: number) => ({
    see: status,
    history: status,
    pems: status,
    change: status,
    disable: status,
    share: status,
    unpublish: status,
    remove: status,
  });
  assert.deepEqual(await statusesOf(id), { ...all(404), run: 400 });
  await allow(id, 'READ');
  assert.deepEqual(await statusesOf(id), { ...all(403), see: 200, history: 200, pems: 200, run: 403 });
  await allow(id, 'EXECUTE');
  assert.deepEqual(await statusesOf(id), { ...all(403), run: 201 });
  await allow(id, 'READ_EXECUTE');
  assert.deepEqual(await statusesOf(id), { ...all(403), see: 200, history: 200, pems: 200, run: 201 });
  await allow(id, 'ALL');
  assert.deepEqual(await statusesOf(id), { ...all(200), run: 201, share: 201, unpublish: 403, remove: 403 });
  await bed.call('DELETE', `/apps/v2/${id}/pems`, { as: 'ada' });
  assert.deepEqual(await statusesOf(id), { ...all(404), run: 400 });
});

test('a shared app is listed and found for whoever may read it', async () => {
  const id = await newApp();
  const seenBy = async (as: BedUser) => {
    const listed = await bed.call('GET', `/apps/v2?id.eq=${id}&filter=id`, { as });
    return listed.json.result.length;
  };
  assert.deepEqual([await seenBy('ada'), await seenBy('bob')], [1, 0]);
  await allow(id, 'EXECUTE');
  assert.equal(await seenBy('bob'), 0);
  await allow(id, 'READ');
  assert.deepEqual([await seenBy('bob'), await seenBy('eve')], [1, 0]);
});

test('a published app is run by everybody, without any permission', async () => {
  const id = await newApp();
  const published = await bed.call('PUT', `/apps/v2/${id}`, { body: { action: 'publish' } });
  assert.equal(published.status, 200, published.text);
  const body = { name: 'j', appId: published.json.result.id, archive: false };
  assert.equal((await bed.call('POST', '/jobs/v2', { as: 'eve', body })).status, 201);
});

test('with a permission goes what was subscribed to with it', async () => {
  const id = await newApp();
  const { uuid } = (await bed.call('GET', `/apps/v2/${id}`)).json.result;
  const subscribe = (event: string) =>
    bed.call('POST', '/notifications/v2', {
      as: 'bob',
      body: { url: 'bob@example.org', persistent: true, associatedUuid: uuid, event },
    });
  assert.equal((await subscribe('DISABLED')).status, 404);
  await allow(id, 'READ');
  assert.equal((await subscribe('*')).status, 403);
  const own = await subscribe('DISABLED');
  assert.equal(own.status, 201, own.text);
  const statusNow = async () =>
    (await bed.call('GET', `/notifications/v2/${own.json.result.id}`)).json.result.status;
  assert.equal(await statusNow(), 'ACTIVE');
  await bed.call('DELETE', `/apps/v2/${id}/pems/bob`, { as: 'ada' });
  assert.equal(await statusNow(), 'INACTIVE');
});

test('grants and revocations are in the history, once each and only when something changed', async () => {
  const id = await newApp();
  await allow(id, 'READ');
  await allow(id, 'NONE');
  await allow(id, 'NONE');
  assert.equal((await bed.call('DELETE', `/apps/v2/${id}/pems`, { as: 'ada' })).status, 200);
  const history = (await bed.call('GET', `/apps/v2/${id}/history`, { as: 'ada' })).json.result;
  assert.deepEqual(
    history.map((entry: { status: string; createdBy: string }) => [entry.status, entry.createdBy]),
    [
      ['CREATED', 'ada'],
      ['PERMISSION_GRANT', 'ada'],
      ['PERMISSION_REVOKE', 'ada'],
    ],
  );
  assert.match(history[1].description, /bob has READ/);
});

test('names of others in the history are for those who may see the permissions', async () => {
  const id = await newApp();
  await allow(id, 'READ');
  const grant = { username: 'eve', permission: 'READ' };
  await bed.call('POST', `/apps/v2/${id}/pems`, { as: 'ada', body: grant });
  await bed.call('POST', `/apps/v2/${id}/pems`, { as: 'ada', body: { ...grant, permission: 'NONE' } });
  const readBy = async (as: 'root' | 'bob') => (await bed.call('GET', `/apps/v2/${id}/history`, { as })).text;
  assert.match(await readBy('root'), /eve has READ/);
  assert.doesNotMatch(await readBy('bob'), /eve/);
  const url = 'https://hooks.example.org/';
  const { uuid } = (await bed.call('GET', `/apps/v2/${id}`, { as: 'ada' })).json.result;
  await bed.call('POST', '/notifications/v2', {
    as: 'bob',
    body: { url, event: 'PERMISSION_GRANT', associatedUuid: uuid },
  });
  await bed.call('POST', `/apps/v2/${id}/pems`, { as: 'ada', body: grant });
  const { rows } = await bed.database.pool.query(
    "select event_description from deliveries where event_name = 'PERMISSION_GRANT'",
  );
  assert.deepEqual(rows, [{ event_description: 'A user was given a permission on the app' }]);
});
