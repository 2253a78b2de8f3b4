import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { FileEntry } from '../../packages/contract/src/index.ts';
import {
  addSystems,
  type BedCall,
  type BedUser,
  codeOf,
  type HttpBed,
  localSystem,
  openHttpBed,
} from '../support/http-bed.ts';
import { file } from '../support/upload-form.ts';

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
  await addSystems(bed);
  for (const user of ['ada', 'bob', 'eve']) await mkdir(join(bed.root, 'home', user), { recursive: true });
});
after(() => bed.close());

const ON_STORE = '/system/store';

const as = (user: BedUser, call: BedCall = {}): BedCall => ({ ...call, as: user });

async function list(path: string, user: BedUser = 'ada'): Promise<readonly FileEntry[]> {
  const answer = await bed.call('GET', `/files/v2/listings${path}`, { as: user });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.result;
}

const names = (entries: readonly FileEntry[]) => entries.map(({ name }) => name);

test('users see and change their own directories, and of others only what was granted', async () => {
  await bed.write('home/bob/private/secret.txt', 's');
  await bed.write('home/bob/shared/sub/open.txt', 'o');
  const media = `/files/v2/media${ON_STORE}/bob`;
  const status = async (method: 'GET' | 'PUT' | 'DELETE', path: string, user: BedUser = 'eve') =>
    (
      await bed.call(method, `${media}${path}`, {
        as: user,
        ...(method === 'PUT' && { body: { action: 'mkdir', path: 'n' } }),
      })
    ).status;
  for (const path of ['/private/secret.txt', '/private', '/nothing', ''])
    for (const method of ['GET', 'PUT', 'DELETE'] as const)
      assert.equal(await status(method, path), 403, `${method} ${path}`);
  assert.equal((await bed.call('POST', `${media}/private`, as('eve', file('x', 'x')))).status, 403);
  for (const service of ['listings', 'history', 'pems'])
    assert.equal(
      (await bed.call('GET', `/files/v2/${service}${ON_STORE}/bob/private`, { as: 'eve' })).status,
      403,
    );
  assert.deepEqual(names(await list(`${ON_STORE}//home`, 'eve')), ['.', 'apps', 'eve']);
  assert.equal(
    (await bed.call('GET', `/files/v2/listings${ON_STORE}//?recursive=true`, { as: 'eve' })).status,
    403,
  );
  assert.equal((await bed.call('GET', `/files/v2/media${ON_STORE}//?zip=true`, { as: 'eve' })).status, 403);
  // On a public system what belongs to nobody can be read, and changed only by its administrators.
  assert.equal(
    (await bed.call('GET', `/files/v2/media${ON_STORE}/apps/wc/wrapper.sh`, { as: 'eve' })).status,
    200,
  );
  assert.equal(
    (await bed.call('DELETE', `/files/v2/media${ON_STORE}/apps/wc/wrapper.sh`, { as: 'eve' })).status,
    403,
  );

  const pems = `/files/v2/pems${ON_STORE}/bob/shared`;
  const grant = (permission: string, recursive = true, user: BedUser = 'bob') =>
    bed.call('POST', pems, { as: user, body: { username: 'eve', permission, recursive } });
  assert.equal((await grant('READ', true, 'eve')).status, 403);
  const granted = await grant('READ');
  assert.equal(granted.status, 201, granted.text);
  assert.deepEqual(granted.json.result[0].permission, { read: true, write: false, execute: false });
  assert.equal(await status('GET', '/shared/sub/open.txt'), 200);
  assert.equal(await status('PUT', '/shared/sub'), 403);
  assert.equal(await status('GET', '/private/secret.txt'), 403);
  const shown = await bed.call('GET', `${pems}?username.eq=eve`, { as: 'eve' });
  assert.deepEqual(
    shown.json.result.map(({ username }: { username: string }) => username),
    ['eve'],
  );
  await grant('READ', false);
  assert.equal(await status('GET', '/shared/sub/open.txt'), 403);
  await grant('READ_WRITE');
  assert.equal(await status('PUT', '/shared/sub'), 201);
  await grant('NONE');
  assert.equal(await status('GET', '/shared/sub/open.txt'), 403);
  await grant('ALL');
  assert.equal((await bed.call('DELETE', pems, { as: 'bob' })).status, 200);
  assert.equal(await status('GET', '/shared/sub/open.txt'), 403);
  // What was granted goes with what it was granted for.
  await grant('ALL');
  assert.equal((await bed.call('DELETE', `${media}/shared`, { as: 'bob' })).status, 200);
  await bed.write('home/bob/shared/sub/open.txt', 'new');
  assert.equal(await status('GET', '/shared/sub/open.txt'), 403);
  assert.equal(
    codeOf(await bed.call('POST', pems, { as: 'bob', body: { username: 'nobody', permission: 'READ' } })),
    'profile.not-found',
  );
});

test('a system that is shared with a role is written to by USERs, and only read by GUESTs', async () => {
  await bed.call('POST', '/systems/v2', { body: localSystem('team', bed.root, 'STORAGE') });
  const media = '/files/v2/media/system/team//team';
  assert.equal((await bed.call('GET', '/files/v2/listings/system/team', { as: 'eve' })).status, 404);
  await bed.write('team/x.txt', 'x');
  await bed.call('POST', '/systems/v2/team/roles', { body: { username: 'eve', role: 'GUEST' } });
  assert.equal((await bed.call('GET', `${media}/x.txt`, { as: 'eve' })).status, 200);
  assert.equal((await bed.call('POST', media, as('eve', file('y', 'y')))).status, 403);
  await bed.call('POST', '/systems/v2/team/roles', { body: { username: 'eve', role: 'USER' } });
  assert.equal((await bed.call('POST', media, as('eve', file('y', 'y')))).status, 202);
});

test("what the service keeps among the files of jobs is nobody's, not even an administrator's", async () => {
  await bed.write('scratch/ada/job/.arras/token', 't');
  await bed.write('scratch/.arras-spool/x', 't');
  for (const path of ['scratch/ada/job/.arras/token', 'scratch/.arras-spool', 'scratch/.arras-spool/x']) {
    assert.equal((await bed.call('GET', `/files/v2/media/system/exec//${path}`)).status, 404, path);
    assert.equal((await bed.call('DELETE', `/files/v2/media/system/exec//${path}`)).status, 404, path);
  }
  assert.deepEqual(names(await list('/system/exec//scratch', 'root')), ['.', 'ada']);
});

test('whoever may read a file can be told of what happens to it, until they may not any more', async () => {
  await bed.call('POST', `/files/v2/media${ON_STORE}/ada/told`, as('ada', file('t.txt', 't')));
  const up = await bed.call('POST', `/files/v2/media${ON_STORE}/ada/told`, as('ada', file('t.txt', 'tt')));
  const { uuid } = up.json.result;
  const subscribe = (user: BedUser) =>
    bed.call('POST', '/notifications/v2', {
      as: user,
      body: {
        url: 'https://example.org/${EVENT}?path=${PATH}&system=${SYSTEM}',
        event: '*',
        associatedUuid: uuid,
        persistent: true,
      },
    });
  assert.equal(codeOf(await subscribe('eve')), 'file.not-found');
  const pems = `/files/v2/pems${ON_STORE}/ada/told/t.txt`;
  await bed.call('POST', pems, { as: 'ada', body: { username: 'eve', permission: 'READ' } });
  const subscribed = await subscribe('eve');
  assert.equal(subscribed.status, 201, subscribed.text);
  await bed.call('POST', `/files/v2/media${ON_STORE}/ada/told`, as('ada', file('t.txt', 'ttt')));
  const { id } = subscribed.json.result;
  const waiting = await bed.db
    .selectFrom('deliveries')
    .select('event_name')
    .where('subscription_id', '=', id)
    .orderBy('event_seq')
    .execute();
  assert.deepEqual(
    waiting.map(({ event_name }) => event_name),
    ['OVERWRITTEN', 'STAGING_COMPLETED'],
  );
  await bed.call('POST', pems, { as: 'ada', body: { username: 'eve', permission: 'NONE' } });
  const ended = await bed.call('GET', `/notifications/v2/${id}`, { as: 'eve' });
  assert.equal(ended.json.result.status, 'INACTIVE');
});

test('a listing says of each entry what its reader may do with it', async () => {
  await bed.write('home/bob/mixed/a', 'a');
  await bed.write('home/bob/mixed/b', 'b');
  const grant = (path: string, permission: string) =>
    bed.call('POST', `/files/v2/pems${ON_STORE}/bob/mixed${path}`, {
      as: 'bob',
      body: { username: 'eve', permission },
    });
  await grant('', 'READ');
  await grant('/b', 'READ_WRITE');
  const may = async (path: string) =>
    Object.fromEntries((await list(path, 'eve')).map(({ name, permissions }) => [name, permissions]));
  assert.deepEqual(await may(`${ON_STORE}/bob/mixed`), { '.': 'READ', a: 'NONE', b: 'ALL' });
  assert.deepEqual(await may(`${ON_STORE}//home`), { '.': 'NONE', apps: 'READ', eve: 'ALL' });
});

test('the permission of one user is told as the Tapis CLI asks for it, with one slash less and in a list', async () => {
  await bed.write('home/bob/asked/x', 'x');
  const ask = async (path: string, username: string) => {
    const answer = await bed.call('GET', `/files/v2/pems${ON_STORE}/${path}?username.eq=${username}`, {
      as: 'bob',
    });
    return answer.json.result.map(({ permission }: { permission: object }) =>
      Object.values(permission).join(),
    );
  };
  assert.deepEqual(await ask('home/bob/asked/x', 'bob'), ['true,true,true']);
  assert.deepEqual(await ask('bob/asked/x', 'bob'), ['true,true,true']);
  assert.deepEqual(await ask('home/bob/asked/x', 'eve'), ['false,false,false']);
  for (const path of ['bob/asked/x', 'bob/nothing', 'home/bob/asked/x', 'home/bob/nothing']) {
    const hidden = await bed.call('GET', `/files/v2/pems${ON_STORE}/${path}?username.eq=eve`, { as: 'eve' });
    assert.equal(hidden.status, 403, path);
  }
  const all = await bed.call('GET', `/files/v2/pems${ON_STORE}/bob/asked?limit=10`, { as: 'bob' });
  assert.deepEqual(
    all.json.result.map(({ username }: { username: string }) => username),
    ['root', 'bob'],
  );
});

test('a refusal does not tell what there is in the directories of others', async () => {
  await bed.write('home/bob/hidden/dir/x', 'x');
  await bed.write('home/eve/mine', 'm');
  const said = async (path: string) => {
    for (const action of ['copy', 'move']) {
      const answer = await bed.call('PUT', `/files/v2/media${ON_STORE}/eve/mine`, {
        as: 'eve',
        body: { action, path },
      });
      assert.deepEqual([answer.status, codeOf(answer)], [403, 'file.not-permitted']);
      assert.equal(answer.json.message, `You may not look into ${path} on store.`);
    }
    const read = await bed.call('POST', `/files/v2/media${ON_STORE}/eve`, {
      as: 'eve',
      body: { urlToIngest: `agave://store/${path}` },
    });
    assert.equal(read.json.message, `You may not read ${path} on store.`);
  };
  for (const path of ['/home/bob/hidden/dir', '/home/bob/hidden/dir/x', '/home/bob/hidden/none'])
    await said(path);
});
