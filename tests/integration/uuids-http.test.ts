import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { uuidSchema } from '../../packages/contract/src/index.ts';
import {
  addSystems,
  type BedUser,
  codeOf,
  type HttpBed,
  localSystem,
  openHttpBed,
  wordCount,
} from '../support/http-bed.ts';
import { addSearchedJobs, searchedJobId } from '../support/searched-jobs.ts';

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
  await addSystems(bed);
  await addSearchedJobs(bed.db, [
    { name: 'of ada', end_time: '2026-03-09T00:00:00Z' },
    { name: 'of bob', owner: 'bob', end_time: '2026-03-09T00:00:00Z' },
  ]);
});
after(() => bed.close());

const uuidOf = async (url: string, as: BedUser = 'root') =>
  (await bed.call('GET', url, { as })).json.result.uuid as string;

const resolve = (uuid: string, as: BedUser = 'ada', query = '') =>
  bed.call('GET', `/uuids/v2/${uuid}${query}`, { as });

/** Of one resource of every type that has an address, by type: its uuid and that address. */
async function makeResources(): Promise<Readonly<Record<string, readonly [string, string]>>> {
  const made = async (url: string, body: object) =>
    (await bed.call('POST', url, { as: 'ada', body })).json.result;
  await bed.call('POST', '/apps/v2', { body: wordCount() });
  const app = (await bed.call('PUT', '/apps/v2/wc-1.0', { body: { action: 'publish' } })).json.result;
  const folder = await bed.call('PUT', '/files/v2/media/system/store/ada', {
    as: 'ada',
    body: { action: 'mkdir', path: 'new folder' },
  });
  const job = searchedJobId(1);
  const notification = await made('/notifications/v2', {
    associatedUuid: job,
    event: '*',
    url: 'https://receiver.example/hook',
  });
  const attempt = await bed.call('POST', `/notifications/v2/${notification.id}/test`, {
    as: 'ada',
    body: {},
  });
  assert.equal(attempt.status, 200, attempt.text);
  const metadata = await made('/meta/v2/data', { name: 'x', value: 1 });
  const schema = await made('/meta/v2/schemas', { type: 'object' });
  const profile = (await bed.call('GET', '/profiles/v2/me', { as: 'ada' })).json.result;
  return {
    JOB: [job, `/jobs/v2/${job}`],
    SYSTEM: [await uuidOf('/systems/v2/store'), '/systems/v2/store'],
    APP: [app.uuid, `/apps/v2/${app.id}`],
    FILE: [folder.json.result.uuid, '/files/v2/media/system/store//home/ada/new%20folder'],
    PROFILE: [profile.uid, '/profiles/v2/ada'],
    NOTIFICATION: [notification.id, `/notifications/v2/${notification.id}`],
    METADATA: [metadata.uuid, `/meta/v2/data/${metadata.uuid}`],
    SCHEMA: [schema.uuid, `/meta/v2/schemas/${schema.uuid}`],
  };
}

test('a uuid tells the type and the address of every resource, and what is there', async () => {
  const resources = await makeResources();
  for (const [type, [uuid, address]] of Object.entries(resources)) {
    const answer = await resolve(uuid);
    assert.equal(answer.status, 200, `${type} ${uuid} ${answer.text}`);
    assert.deepEqual(uuidSchema.parse(answer.json.result), answer.json.result);
    const { type: told, _links } = answer.json.result;
    assert.deepEqual([told, _links[type.toLowerCase()].href], [type, `https://api.example.org${address}`]);
    const whole = await bed.call('GET', `/uuid/v2/${uuid}?expand=true`, { as: 'ada' });
    const direct = await bed.call('GET', address.replace('/media/', '/listings/'), { as: 'ada' });
    assert.deepEqual(whole.json.result.resource, direct.json.result, type);
  }
  const uuids = Object.values(resources).map(([uuid]) => uuid);
  const asked = [...uuids, searchedJobId(2), uuids[0], 'nonsense'].join(',');
  for (const path of ['/uuids/v2/', '/uuid/v2']) {
    const listed = await bed.call('GET', `${path}?uuids.eq=${asked}`, { as: 'ada' });
    assert.deepEqual(
      listed.json.result.map(({ uuid }: { uuid: string }) => uuid),
      uuids,
      listed.text,
    );
  }
});

test('what somebody may not see has no uuid for them', async () => {
  await bed.call('POST', '/systems/v2', { body: localSystem('hidden', bed.root, 'STORAGE') });
  const system = await uuidOf('/systems/v2/hidden');
  const { uuid } = (await bed.call('POST', '/meta/v2/data', { as: 'bob', body: { name: 'x', value: 1 } }))
    .json.result;
  for (const each of [
    searchedJobId(2),
    system,
    uuid,
    '174000000000000000-00000000-0000-007',
    'x',
    '%00',
    "'",
  ]) {
    assert.equal(codeOf(await resolve(each, 'ada')), 'uuid.not-found', each);
    assert.equal(codeOf(await resolve(each, 'ada', '?expand=true')), 'uuid.not-found');
  }
  assert.equal((await resolve(searchedJobId(2), 'root')).json.result.type, 'JOB');
  for (const query of ['', '?uuids.eq=', `?uuids.eq=${Array.from({ length: 101 }, (_, n) => n).join(',')}`])
    assert.equal(codeOf(await bed.call('GET', `/uuids/v2${query}`, { as: 'ada' })), 'request.bad-query');
});

test('expanding a uuid takes what reading its resource takes', async () => {
  const token = await bed.call('POST', '/tokens/v2', {
    as: 'ada',
    body: { name: 't', scopes: ['uuids:read', 'jobs:read'] },
  });
  const ask = (uuid: string, query = '') =>
    bed.call('GET', `/uuids/v2/${uuid}${query}`, { token: token.json.result.token });
  const job = await ask(searchedJobId(1), '?expand=true');
  assert.equal(job.json.result?.resource.name, 'of ada', job.text);
  const system = await uuidOf('/systems/v2/store');
  assert.equal((await ask(system)).status, 200);
  assert.equal(codeOf(await ask(system, '?expand=true')), 'access.scope-missing');
});
