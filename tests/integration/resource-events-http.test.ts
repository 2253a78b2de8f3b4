import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  addSystems,
  type BedUser,
  type HttpBed,
  localSystem,
  openHttpBed,
  wordCount,
} from '../support/http-bed.ts';

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
  await addSystems(bed);
});
after(() => bed.close());

async function eventsOf(uuid: string) {
  return bed.db
    .selectFrom('resource_events')
    .select(['seq', 'name', 'created_by', 'body'])
    .where('resource_uuid', '=', uuid)
    .orderBy('seq')
    .execute();
}

async function namesOf(uuid: string): Promise<string[]> {
  const rows = await eventsOf(uuid);
  assert.deepEqual(
    rows.map((row) => row.seq),
    rows.map((_, index) => index + 1),
  );
  return rows.map((row) => row.name);
}

async function subscribe(as: BedUser, associatedUuid: string, event: string): Promise<string> {
  const body = { url: 'a@example.org', persistent: true, associatedUuid, event };
  const made = await bed.call('POST', '/notifications/v2', { as, body });
  assert.equal(made.status, 201, made.text);
  return made.json.result.id;
}

async function statusOf(id: string): Promise<string> {
  return (await bed.call('GET', `/notifications/v2/${id}`)).json.result.status;
}

async function newSystem(id: string): Promise<string> {
  const made = await bed.call('POST', '/systems/v2', { body: localSystem(id, bed.root, 'EXECUTION') });
  assert.equal(made.status, 201, made.text);
  return made.json.result.uuid;
}

test('everything that happens to a system is written down once, with the system as it is then', async () => {
  const uuid = await newSystem('told');
  const act = (action: string) => bed.call('PUT', '/systems/v2/told', { body: { action } });
  for (const action of ['disable', 'enable', 'publish', 'unpublish', 'setDefault']) await act(action);
  await bed.call('POST', '/systems/v2/told', { body: { description: 'new words' } });
  const role = (name: string) =>
    bed.call('POST', '/systems/v2/told/roles', { body: { username: 'ada', role: name } });
  for (const name of ['USER', 'USER', 'NONE', 'NONE']) await role(name);
  await bed.call('DELETE', '/systems/v2/told');
  assert.deepEqual(await namesOf(uuid), [
    'CREATED',
    'DISABLED',
    'ENABLED',
    'PUBLISH',
    'UNPUBLISH',
    'UPDATED',
    'ROLES_GRANT',
    'ROLES_REVOKE',
    'DELETED',
  ]);
  const [created, disabled] = await eventsOf(uuid);
  assert.deepEqual([created?.body['available'], disabled?.body['available']], [true, false]);
  assert.equal(created?.created_by, 'root');
  assert.equal(created?.body['id'], 'told');
});

test('everything that happens to an app is written down once', async () => {
  const { uuid } = (await bed.call('POST', '/apps/v2', { body: wordCount() })).json.result;
  await bed.call('POST', '/apps/v2/wc-1.0', { body: wordCount({ label: 'Words' }) });
  for (const action of ['disable', 'enable', 'publish', 'unpublish'])
    await bed.call('PUT', '/apps/v2/wc-1.0', { body: { action } });
  await bed.call('DELETE', '/apps/v2/wc-1.0');
  assert.equal((await bed.call('DELETE', '/apps/v2/wc-1.0')).status, 404);
  assert.deepEqual(await namesOf(uuid), [
    'CREATED',
    'UPDATED',
    'DISABLED',
    'ENABLED',
    'PUBLISHED',
    'UNPUBLISHED',
    'DELETED',
  ]);
});

test('a resource is also found by its uuid, which is what links of subscriptions name', async () => {
  const uuid = await newSystem('linked');
  const id = await subscribe('root', uuid, '*');
  const { _links } = (await bed.call('GET', `/notifications/v2/${id}`)).json.result;
  const shown = await bed.call('GET', new URL(_links.system.href).pathname);
  assert.equal(shown.json.result.id, 'linked');
});

test('twenty changes at once are numbered without gaps, and each is matched', async () => {
  const uuid = await newSystem('busy');
  const id = await subscribe('root', uuid, '*');
  const changes = Array.from({ length: 20 }, (_, index) =>
    bed.call('PUT', '/systems/v2/busy', { body: { action: index % 2 === 0 ? 'disable' : 'enable' } }),
  );
  for (const { status, text } of await Promise.all(changes)) assert.equal(status, 200, text);
  assert.equal((await namesOf(uuid)).length, 21);
  const matched = await bed.db
    .selectFrom('deliveries')
    .select('event_seq')
    .where('lane', '=', uuid)
    .where('subscription_id', '=', id as never)
    .orderBy('position')
    .execute();
  assert.deepEqual(
    matched.map((row) => row.event_seq),
    Array.from({ length: 20 }, (_, index) => index + 2),
  );
});

test('with a role goes what was subscribed to with it, and what can still be seen stays', async () => {
  const uuid = await newSystem('shared');
  const role = (username: string, name: string) =>
    bed.call('POST', '/systems/v2/shared/roles', { body: { username, role: name } });
  await role('ada', 'ADMIN');
  await role('bob', 'USER');
  const [everything, own, other] = [
    await subscribe('ada', uuid, '*'),
    await subscribe('ada', uuid, 'DISABLED'),
    await subscribe('bob', uuid, 'DISABLED'),
  ];
  await role('ada', 'USER');
  assert.deepEqual([await statusOf(everything), await statusOf(own)], ['INACTIVE', 'ACTIVE']);
  await bed.call('DELETE', '/systems/v2/shared/roles/ada');
  assert.deepEqual([await statusOf(own), await statusOf(other)], ['INACTIVE', 'ACTIVE']);
});

test('an app that is no longer public tells only its owner', async () => {
  await bed.call('POST', '/apps/v2', { body: wordCount({ version: '2.0' }) });
  const act = (action: string) => bed.call('PUT', '/apps/v2/wc-2.0', { body: { action } });
  const { uuid } = (await act('publish')).json.result;
  const [foreign, own] = [await subscribe('ada', uuid, 'DISABLED'), await subscribe('root', uuid, '*')];
  await act('unpublish');
  assert.deepEqual([await statusOf(foreign), await statusOf(own)], ['INACTIVE', 'ACTIVE']);
});

test('a user who is disabled is told nothing more', async () => {
  const uuid = await newSystem('open');
  await bed.call('PUT', '/systems/v2/open', { body: { action: 'publish' } });
  const id = await subscribe('eve', uuid, 'DISABLED');
  assert.equal((await bed.call('DELETE', '/profiles/v2/eve')).status, 200);
  assert.equal(await statusOf(id), 'INACTIVE');
});
