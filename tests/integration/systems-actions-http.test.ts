import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type SYSTEM_ACTIONS,
  systemHistoryEntrySchema,
  systemSchema,
} from '../../packages/contract/src/index.ts';
import { type BedUser, codeOf, type HttpBed, localSystem, openHttpBed } from '../support/http-bed.ts';

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
});
after(() => bed.close());

let count = 0;

/** A new private system of the administrator's. */
async function newSystem(type: 'EXECUTION' | 'STORAGE' = 'STORAGE', more: object = {}): Promise<string> {
  count += 1;
  const made = await bed.call('POST', '/systems/v2', {
    body: localSystem(`sys-${count}`, bed.root, type, more),
  });
  assert.equal(made.status, 201, made.text);
  return made.json.result.id;
}

const act = (id: string, body: object, as: BedUser = 'root') =>
  bed.call('PUT', `/systems/v2/${id}`, { as, body });
const grant = (id: string, username: string, role: string) =>
  bed.call('POST', `/systems/v2/${id}/roles`, { body: { username, role } });
const idsOf = async (query: string, as: BedUser = 'root') => {
  const answer = await bed.call('GET', `/systems/v2${query}`, { as });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.result.map(({ id }: { id: string }) => id);
};

const SHOWS = {
  disable: { available: false },
  enable: { available: true },
  publish: { public: true },
  unpublish: { public: false },
  setDefault: { default: true },
  unsetDefault: { default: false },
  setGlobalDefault: { globalDefault: true },
  unsetGlobalDefault: { globalDefault: false },
} as const satisfies Partial<Record<(typeof SYSTEM_ACTIONS)[number], object>>;

test('every action answers with the system as it is then, by JSON in any case and by form', async () => {
  const id = await newSystem();
  for (const [action, shows] of Object.entries(SHOWS)) {
    for (const call of [
      { body: { action } },
      { body: { action: action.toUpperCase() } },
      {
        body: `action=${action}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
    ]) {
      const { status, json, text } = await bed.call('PUT', `/systems/v2/${id}`, call);
      assert.equal(status, 200, text);
      assert.deepEqual(systemSchema.parse(json.result), json.result);
      assert.deepEqual({ ...json.result, ...shows }, json.result);
    }
  }
});

test('an action that is not known is refused by its field', async () => {
  const id = await newSystem();
  for (const body of [{ action: 'explode' }, {}, { action: null }, { action: ['enable'] }]) {
    const answer = await act(id, body);
    assert.deepEqual([answer.status, answer.json.errors?.[0].field], [400, 'action'], answer.text);
  }
});

test('a clone is a system of the caller without the credentials of the other', async () => {
  const id = await newSystem('EXECUTION', { site: 'here', queues: [{ name: 'long', maxNodes: 4 }] });
  await act(id, { action: 'publish' });
  assert.equal((await act(id, { action: 'clone' })).json.errors?.[0].field, 'id');
  assert.equal((await act(id, { action: 'clone', id: '../x' })).json.errors?.[0].field, 'id');
  assert.equal(codeOf(await act(id, { action: 'clone', id })), 'system.exists');
  const refused = await act(id, { action: 'clone', id: 'of-ada' }, 'ada');
  assert.equal(codeOf(refused), 'system.host-local-needs-admin');
  const made = await act(id, { action: 'clone', id: 'cloned' });
  assert.equal(made.status, 201, made.text);
  const { result } = made.json;
  assert.deepEqual(
    [result.id, result.site, result.public, result.revision, result.queues[0].name],
    ['cloned', 'here', false, 1, 'long'],
  );
});

test('a user clones a remote system that they may use, and gives it credentials of their own', async () => {
  const auth = { type: 'SSHKEYS', username: 'svc', privateKey: 'SECRET-KEY', publicKey: 'ssh-ed25519 AAAA' };
  const hostKeys = ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'];
  const storage = { protocol: 'SFTP', host: 'files.example.org', port: 22, hostKeys, auth };
  const body = { id: 'remote', name: 'Remote', type: 'STORAGE', storage };
  assert.equal((await bed.call('POST', '/systems/v2', { body })).status, 201);
  assert.equal((await act('remote', { action: 'clone', id: 'mine' }, 'ada')).status, 404);
  await grant('remote', 'ada', 'GUEST');
  assert.equal((await act('remote', { action: 'clone', id: 'mine' }, 'ada')).status, 403);
  await grant('remote', 'ada', 'USER');
  const made = await act('remote', { action: 'clone', id: 'mine' }, 'ada');
  assert.deepEqual([made.status, made.json.result?.owner], [201, 'ada'], made.text);
  assert.doesNotMatch(made.text, /SECRET/);
  const credentials = await bed.call('GET', '/systems/v2/mine/credentials', { as: 'ada' });
  assert.deepEqual(credentials.json.result, []);
});

test('an erased system is gone with roles and credentials, and only an administrator erases', async () => {
  const id = await newSystem();
  await grant(id, 'ada', 'OWNER');
  assert.equal(codeOf(await act(id, { action: 'erase' }, 'ada')), 'access.admin-only');
  const erased = await act(id, { action: 'erase' });
  assert.deepEqual([erased.status, erased.json.result.id], [200, id]);
  assert.equal((await bed.call('GET', `/systems/v2/${id}`)).status, 404);
  const again = await bed.call('POST', '/systems/v2', { body: localSystem(id, bed.root, 'STORAGE') });
  assert.equal(codeOf(again), 'system.exists');
  const { uuid } = erased.json.result;
  const roles = bed.db.selectFrom('system_roles').selectAll().where('system_uuid', '=', uuid);
  assert.deepEqual(await roles.execute(), []);
});

test('the history is an array, oldest first, in pages, for whoever sees the system', async () => {
  const id = await newSystem('EXECUTION');
  await act(id, { action: 'disable' });
  await grant(id, 'ada', 'USER');
  await bed.call('POST', `/systems/v2/${id}/queues`, { body: { name: 'long' } });
  const { result } = (await bed.call('GET', `/systems/v2/${id}/history`, { as: 'ada' })).json;
  for (const entry of result) assert.deepEqual(systemHistoryEntrySchema.parse(entry), entry);
  assert.deepEqual(
    result.map(({ status }: { status: string }) => status),
    ['CREATED', 'DISABLED', 'ROLES_GRANT', 'QUEUE_CREATE'],
  );
  const page = await bed.call('GET', `/systems/v2/${id}/history?limit=2&offset=1`);
  assert.deepEqual(page.json.result, result.slice(1, 3));
  assert.equal((await bed.call('GET', `/systems/v2/${id}/history`, { as: 'bob' })).status, 404);
});

test('a grant answers an array, by JSON, by form and by address; revoking has no result', async () => {
  const id = await newSystem();
  const roles = `/systems/v2/${id}/roles`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  for (const [path, call] of [
    ['', { body: { username: 'ada', role: 'USER' } }],
    ['', { body: 'username=ada&role=user', headers }],
    ['/ada', { body: { role: 'USER' } }],
    ['/ada', { body: { username: 'ada', role: 'USER' } }],
  ] as const) {
    const { status, json, text } = await bed.call('POST', `${roles}${path}`, call);
    assert.deepEqual([status, json.result?.[0]?.username, json.result?.length], [200, 'ada', 1], text);
  }
  const other = await bed.call('POST', `${roles}/ada`, { body: { username: 'bob', role: 'USER' } });
  assert.deepEqual([other.status, other.json.errors[0].field], [400, 'username']);
  await grant(id, 'bob', 'ADMIN');
  for (const path of ['/ada', '']) {
    const revoked = await bed.call('DELETE', `${roles}${path}`);
    assert.deepEqual([revoked.status, 'result' in revoked.json], [200, false]);
  }
  const left = (await bed.call('GET', roles)).json.result;
  assert.deepEqual(
    left.map(({ username }: { username: string }) => username),
    ['root'],
  );
  assert.equal((await bed.call('GET', `/systems/v2/${id}`, { as: 'bob' })).status, 404);
  assert.equal((await bed.call('DELETE', roles, { as: 'bob' })).status, 404);
});

test('systems are listed by type and default, and searched by every field', async () => {
  const queues = [{ name: 'long', customDirectives: null }];
  const id = await newSystem('EXECUTION', { name: 'Big one', site: 'example.org', maxSystemJobs: 9, queues });
  const conditions = [
    'name.like=*big*',
    'NAME.EQ=BIG ONE',
    'type.eq=EXECUTION',
    'type=execution',
    'default.eq=False',
    'default=False',
    'public=False',
    'available=True',
    'site.in=example.org,example.com',
    'executiontype.eq=cli',
    'scheduler=fork',
    'maxsystemjobs.lt=10',
    'login.protocol=LOCAL',
    'storage.homedir.like=/ho*',
    'queues.like=*"long"*',
    'globaldefault.neq=True',
    'owner=me',
    'created.on=today',
  ];
  for (const condition of conditions)
    assert.deepEqual(await idsOf(`?id=${id}&${encodeURI(condition)}`), [id], condition);
  for (const condition of ['default=True', 'type=STORAGE', 'public=True', 'publicOnly=True', 'login.host=a'])
    assert.deepEqual(await idsOf(`?id=${id}&${condition}`), [], condition);
  await act(id, { action: 'setDefault' });
  assert.deepEqual(await idsOf('?default=True&type.eq=EXECUTION'), [id]);
  const wrong = await bed.call('GET', '/systems/v2?maxSystemJobs.gt=lots');
  assert.deepEqual([wrong.status, wrong.json.errors[0].field], [400, 'maxSystemJobs.gt']);
  const whole = await bed.call('GET', `/systems/v2?id=${id}&filter=id,storage.protocol`);
  assert.deepEqual(whole.json.result, [{ id, storage: { protocol: 'LOCAL' } }]);
});

test('a queue is given as a form too, and shown alone', async () => {
  const id = await newSystem('EXECUTION');
  const made = await bed.call('POST', `/systems/v2/${id}/queues`, {
    body: 'name=short&maxNodes=2&default=True',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.deepEqual([made.status, made.json.result?.maxNodes], [201, 2], made.text);
  const shown = await bed.call('GET', `/systems/v2/${id}/queues/short`);
  assert.deepEqual([shown.json.result.name, shown.json.result.default], ['short', true]);
  assert.equal((await bed.call('DELETE', `/systems/v2/${id}/queues/default`)).status, 200);
  assert.equal((await bed.call('DELETE', `/systems/v2/${id}/queues/none`)).status, 404);
});
