import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { appHistoryEntrySchema, appSchema } from '../../packages/contract/src/index.ts';
import {
  addSystems,
  type BedCall,
  codeOf,
  type HttpBed,
  localSystem,
  openHttpBed,
  wordCount,
} from '../support/http-bed.ts';

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
  await addSystems(bed);
  await bed.call('POST', '/systems/v2', { body: localSystem('other', bed.root, 'EXECUTION') });
  await bed.call('PUT', '/systems/v2/other', { body: { action: 'publish' } });
  for (const [system, username] of [
    ['exec', 'ada'],
    ['other', 'bob'],
  ])
    await bed.call('POST', `/systems/v2/${system}/roles`, { body: { username, role: 'PUBLISHER' } });
});
after(() => bed.close());

const register = async (more: object, as: BedCall['as'] = 'ada') => {
  const made = await bed.call('POST', '/apps/v2', { as: as ?? 'ada', body: wordCount(more) });
  assert.ok(made.status < 300, made.text);
  return made.json.result;
};
const act = (id: string, body: object, as: 'root' | 'ada' | 'bob' = 'root') =>
  bed.call('PUT', `/apps/v2/${id}`, { as, body });
const show = (id: string, as: 'root' | 'ada' | 'bob' | 'eve' = 'eve') =>
  bed.call('GET', `/apps/v2/${id}`, { as });
const historyOf = async (id: string) =>
  (await bed.call('GET', `/apps/v2/${id}/history`)).json.result.map(
    ({ status }: { status: string }) => status,
  );
const idsOf = async (path: string, as: 'root' | 'ada' | 'eve' = 'ada') => {
  const answer = await bed.call('GET', path, { as });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.result.map(({ id }: { id: string }) => id);
};

test('a published revision is an app of its own that stays as it is while its owner goes on', async () => {
  const app = await register({ name: 'pub', label: 'first' });
  assert.equal(codeOf(await act('pub-1.0', { action: 'publish' }, 'ada')), 'access.admin-only');
  const first = await act('pub-1.0', { action: 'publish' });
  assert.deepEqual([first.status, appSchema.parse(first.json.result)], [200, first.json.result]);
  const { id, isPublic, revision, owner, uuid } = first.json.result;
  assert.deepEqual([id, isPublic, revision, owner], ['pub-1.0u1', true, 1, 'ada']);
  assert.notEqual(uuid, app.uuid);
  assert.equal((await show('pub-1.0')).status, 404);
  await register({ name: 'pub', label: 'second' });
  assert.equal((await show('pub-1.0u1')).json.result.label, 'first');
  const second = await act('pub-1.0', { action: 'PUBLISH' });
  assert.deepEqual([second.json.result.id, second.json.result.label], ['pub-1.0u2', 'second']);
  const body = wordCount({ name: 'pub', label: 'third' });
  const refused = await bed.call('POST', '/apps/v2/pub-1.0u1', { as: 'ada', body });
  assert.deepEqual([refused.status, codeOf(refused)], [409, 'conflict']);
});

test('publishing twice is publishing once, and what was taken back is published again under its id', async () => {
  await register({ name: 'again' });
  const [first, second] = [
    await act('again-1.0', { action: 'publish' }),
    await act('again-1.0', { action: 'publish' }),
  ];
  assert.deepEqual(second.json.result, first.json.result);
  const back = await act('again-1.0', { action: 'unpublish' }, 'ada');
  assert.deepEqual([back.status, back.json.result.id], [200, 'again-1.0']);
  assert.deepEqual(
    [(await show('again-1.0u1')).status, (await show('again-1.0u1', 'ada')).status],
    [404, 200],
  );
  assert.equal((await act('again-1.0', { action: 'publish' })).json.result.uuid, first.json.result.uuid);
  await act('again-1.0u1', { action: 'unpublish' });
  await act('again-1.0u1', { action: 'publish' });
  assert.equal((await show('again-1.0u1')).status, 200);
  assert.deepEqual(await historyOf('again-1.0u1'), [
    'PUBLISHED',
    'UNPUBLISHED',
    'REPUBLISHED',
    'UNPUBLISHED',
    'REPUBLISHED',
  ]);
  assert.deepEqual(await historyOf('again-1.0'), ['CREATED', 'PUBLISHED', 'UNPUBLISHED']);
});

test('a published revision that was deleted does not come back', async () => {
  await register({ name: 'gone' });
  await act('gone-1.0', { action: 'publish' });
  assert.equal((await bed.call('DELETE', '/apps/v2/gone-1.0u1', { as: 'ada' })).status, 200);
  const refused = await act('gone-1.0', { action: 'publish' });
  assert.deepEqual([refused.status, codeOf(refused)], [409, 'conflict']);
  assert.match(refused.json.message, /new revision/);
});

test('twenty who publish at once publish one revision', async () => {
  await register({ name: 'rush' });
  const answers = await Promise.all(Array.from({ length: 20 }, () => act('rush-1.0', { action: 'publish' })));
  assert.deepEqual([...new Set(answers.map(({ json }) => json.result?.id))], ['rush-1.0u1']);
  assert.deepEqual(await historyOf('rush-1.0u1'), ['PUBLISHED']);
});

test('enable and disable answer with the app, by JSON and by form', async () => {
  await register({ name: 'switch' });
  const off = await act('switch-1.0', { action: 'disable' }, 'ada');
  assert.deepEqual([off.status, off.json.result.available], [200, false]);
  const on = await bed.call('PUT', '/apps/v2/switch-1.0', {
    as: 'ada',
    body: 'action=enable',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.deepEqual([on.status, on.json.result.available], [200, true]);
});

test('a clone is an app of the caller, with what was given in place of what it was', async () => {
  await register({
    name: 'origin',
    label: 'shared',
    parameters: [{ id: 'lines', value: { type: 'number' } }],
  });
  const wanted = { action: 'clone', name: 'copy', version: '2.0', executionSystem: 'other' };
  assert.equal(codeOf(await act('origin-1.0', wanted, 'bob')), 'app.not-found');
  await bed.call('POST', '/apps/v2/origin-1.0/pems', {
    as: 'ada',
    body: { username: 'bob', permission: 'READ' },
  });
  const made = await act('origin-1.0', { ...wanted, storageSystem: 'store' }, 'bob');
  assert.equal(made.status, 202, made.text);
  const { result } = made.json;
  assert.deepEqual(
    [result.id, result.owner, result.executionSystem, result.label, result.revision, result.isPublic],
    ['copy-2.0', 'bob', 'other', 'shared', 1, false],
  );
  assert.equal(result.parameters[0].id, 'lines');
  assert.deepEqual(await historyOf('origin-1.0'), ['CREATED', 'PERMISSION_GRANT', 'CLONED']);
  assert.equal((await show('copy-2.0', 'ada')).status, 404);
});

test('a clone takes what a registration takes: a free id, systems and files that the caller may use', async () => {
  await register({ name: 'source' });
  const clone = (more: object, as: 'root' | 'ada' | 'bob' = 'ada') =>
    act('source-1.0', { action: 'clone', ...more }, as);
  const taken = await clone({});
  assert.deepEqual([taken.status, codeOf(taken)], [409, 'app.exists']);
  assert.match(taken.json.message, /another name or version/);
  const cases = [
    [{ version: 'new' }, 'version'],
    [{ name: 'a b', version: '3.0' }, 'name'],
    [{ version: '3.0', executionSystem: 'nowhere' }, 'executionSystem'],
    [{ version: '3.0', deploymentSystem: 'nowhere' }, 'deploymentSystem'],
    [{ version: '3.0', deploymentPath: '../../etc' }, 'deploymentPath'],
    [{ version: '3.0', deploymentPath: 'apps/none' }, 'deploymentPath'],
  ] as const;
  for (const [more, field] of cases) {
    const answer = await clone(more);
    const fields = answer.json.errors?.map((problem: { field: string }) => problem.field);
    assert.deepEqual([answer.status, fields], [400, [field]], answer.text);
  }
  assert.equal((await show('source-3.0', 'ada')).status, 404);
  // Ada brings programs to exec only.
  assert.equal((await clone({ version: '3.0', executionSystem: 'other' })).status, 403);
});

test('a clone cannot name files that only the owner of the app may read', async () => {
  await bed.write('home/ada/private/wrapper.sh', 'echo secret\n');
  await register({ name: 'secret', deploymentPath: 'ada/private' });
  const body = { username: 'bob', permission: 'READ_EXECUTE' };
  await bed.call('POST', '/apps/v2/secret-1.0/pems', { as: 'ada', body });
  const refused = await act(
    'secret-1.0',
    { action: 'clone', name: 'stolen', executionSystem: 'other' },
    'bob',
  );
  assert.equal(refused.status, 400, refused.text);
  assert.deepEqual(refused.json.errors[0].field, 'deploymentPath');
});

test('an erased app frees its id, and only an administrator erases', async () => {
  const { uuid } = await register({ name: 'erased' });
  const job = await bed.call('POST', '/jobs/v2', {
    as: 'ada',
    body: { name: 'j', appId: 'erased-1.0', archive: false },
  });
  assert.equal(job.status, 201, job.text);
  assert.equal(codeOf(await act('erased-1.0', { action: 'erase' }, 'ada')), 'access.admin-only');
  const erased = await act('erased-1.0', { action: 'erase' });
  assert.deepEqual([erased.status, erased.json.result.id], [200, 'erased-1.0']);
  assert.equal((await show('erased-1.0', 'ada')).status, 404);
  assert.notEqual((await register({ name: 'erased' })).uuid, uuid);
  const shown = await bed.call('GET', `/jobs/v2/${job.json.result.id}`, { as: 'ada' });
  assert.equal(shown.json.result.appId, 'erased-1.0');
});

test('the history is an array, oldest first, in pages', async () => {
  await register({ name: 'told' });
  await act('told-1.0', { action: 'disable' }, 'ada');
  await act('told-1.0', { action: 'enable' });
  const { result } = (await bed.call('GET', '/apps/v2/told-1.0/history', { as: 'ada' })).json;
  for (const entry of result) assert.deepEqual(appHistoryEntrySchema.parse(entry), entry);
  assert.deepEqual(
    result.map((entry: { status: string; createdBy: string; seq: number }) => [
      entry.status,
      entry.createdBy,
      entry.seq,
    ]),
    [
      ['CREATED', 'ada', 1],
      ['DISABLED', 'ada', 2],
      ['ENABLED', 'root', 3],
    ],
  );
  const page = await bed.call('GET', '/apps/v2/told-1.0/history?limit=1&offset=1', { as: 'ada' });
  assert.deepEqual(page.json.result, [result[1]]);
  assert.equal((await bed.call('GET', '/apps/v2/told-1.0/history', { as: 'eve' })).status, 404);
});

test('apps are listed by name, tag, term of an ontology and system', async () => {
  await register({ name: 'Listed', tags: ['Genome', 'fast'], ontology: ['http://ont.example.org/App'] });
  await register({ name: 'Listed', version: '1.1', tags: ['slow'] });
  assert.deepEqual(await idsOf('/apps/v2/name/listed?orderBy=id'), ['Listed-1.0', 'Listed-1.1']);
  assert.deepEqual(await idsOf('/apps/v2/tag/genome'), ['Listed-1.0']);
  assert.deepEqual(await idsOf('/apps/v2/tag/gen'), []);
  const term = encodeURIComponent('http://ont.example.org/App');
  assert.deepEqual(await idsOf(`/apps/v2/ontology/${term}`), ['Listed-1.0']);
  assert.deepEqual(await idsOf('/apps/v2/system/exec?name=listed&version.neq=1.0'), ['Listed-1.1']);
  assert.deepEqual(await idsOf('/apps/v2/name/listed', 'eve'), []);
});

test('every field is searched with the operators of its kind, names in any case', async () => {
  const more = {
    name: 'sought',
    label: 'Word counts',
    defaultNodeCount: 3,
    tags: ['a', 'b'],
    defaultMemoryPerNode: '2GB',
  };
  await register(more);
  const conditions = [
    'executionsystem.like=*exe*',
    'label.like=word*',
    'LABEL.LIKE=*COUNTS',
    'id.in=sought-1.0,none-1.0',
    'defaultnodecount.gte=3',
    'defaultNodeCount.between=2,3',
    'defaultmemorypernode.eq=2048MB',
    'public=False',
    'ispublic.neq=True',
    'available.eq=True',
    'owner.eq=me',
    'tags.like=*b*',
    'created.after=yesterday',
    'lastmodified.gt=2020-01-01T00:00:00%2B00:00',
    'storagesystem.eq=STORE',
    'name.rlike=%5Es.*t%24',
    'revision.lt=2',
    'privateOnly=True',
  ];
  for (const condition of conditions)
    assert.deepEqual(await idsOf(`/apps/v2?name.eq=sought&${condition}`), ['sought-1.0'], condition);
  for (const condition of [
    'public=True',
    'label.nlike=*word*',
    'revision.gt=1',
    'publicOnly=True',
    'id.like=ought',
  ])
    assert.deepEqual(await idsOf(`/apps/v2?name.eq=sought&${condition}`), [], condition);
});

test('a search that cannot be understood is refused with its parameter, and unknown ones are ignored', async () => {
  const cases = [
    ['revision.gt=many', 'revision.gt'],
    ['name.gt=a', 'name.gt'],
    ['created.on=someday', 'created.on'],
    ['name.rlike=(', 'name.rlike'],
    ['orderBy=shoe', 'orderBy'],
  ] as const;
  for (const [query, field] of cases) {
    const answer = await bed.call('GET', `/apps/v2?${query}`);
    const fields = answer.json.errors?.map((problem: { field: string }) => problem.field);
    assert.deepEqual([answer.status, fields], [400, [field]], answer.text);
  }
  assert.equal((await bed.call('GET', '/apps/v2?shoe.eq=1&_=2')).status, 200);
  const evil = encodeURIComponent(`' or 1=1 --"\\; drop table apps; $1 %s`);
  assert.deepEqual(await idsOf(`/apps/v2?name.like=${evil}`), []);
});

test('a listing with filter has every field of an app', async () => {
  await register({ name: 'whole' });
  const query = '/apps/v2?name=whole&filter=id,deploymentPath,_links.permissions';
  const { result } = (await bed.call('GET', query, { as: 'ada' })).json;
  const permissions = { href: 'https://api.example.org/apps/v2/whole-1.0/pems' };
  assert.deepEqual(result, [{ id: 'whole-1.0', deploymentPath: 'apps/wc', _links: { permissions } }]);
});
