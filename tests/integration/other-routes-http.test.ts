import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { appFormSchema } from '../../packages/contract/src/index.ts';
import { REMOTE_SYSTEM } from '../support/access-rules.ts';
import { addSystems, codeOf, type HttpBed, openHttpBed, wordCount } from '../support/http-bed.ts';
import { addSearchedJobs, searchedJobId } from '../support/searched-jobs.ts';

// Routes of the original that no known client calls.

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
  await addSystems(bed);
  await addSearchedJobs(bed.db, [
    { name: 'alpha', status: 'FINISHED' },
    { name: 'beta', status: 'FINISHED' },
    { name: 'alpha', status: 'FAILED' },
    { name: 'gamma/50%', status: 'FAILED' },
  ]);
});
after(() => bed?.close());

test('jobs are searched by pairs in the address, as in the query', async () => {
  const found = async (path: string) => {
    const answer = await bed.call('GET', `/jobs/v2/search/${path}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.json.result.map(({ id }: { id: string }) => id).toSorted();
  };
  assert.deepEqual(await found('name/alpha/status/finished'), [searchedJobId(1)]);
  assert.deepEqual(await found('NAME/alpha'), [searchedJobId(1), searchedJobId(3)].toSorted());
  assert.equal((await found('name/alpha?limit=1')).length, 1);
  assert.deepEqual(await found('name/gamma%2F50%25/status/FAILED'), [searchedJobId(4)]);
  for (const path of ['name', 'status/strange', Array.from({ length: 16 }, () => 'name').join('/')])
    assert.equal(codeOf(await bed.call('GET', `/jobs/v2/search/${path}`)), 'request.bad-query', path);
});

test('a form for an app has a request to fill in and what may be filled in', async () => {
  const shown = (id: string, order: number, more: object = {}) => ({
    id,
    value: { type: 'string', order, visible: true, required: true, ...more },
  });
  const parameters = [
    shown('second', 2),
    shown('first', 1, { default: 'x' }),
    { id: 'hidden', value: { type: 'string', visible: false, default: 'y' } },
    shown('third', 3, { required: false }),
  ];
  await bed.call('POST', '/apps/v2', { body: wordCount({ parameters }) });
  const form = (await bed.call('GET', '/apps/v2/wc-1.0/form')).json.result;
  assert.deepEqual(appFormSchema.parse(form), form);
  assert.deepEqual(
    [form.request.appId, form.request.parameters],
    ['wc-1.0', { second: '', first: 'x', third: '' }],
  );
  assert.deepEqual(form.gaps, ['parameters.second']);
  assert.deepEqual(
    form.parameters.map(({ id }: { id: string }) => id),
    ['first', 'second', 'third'],
  );
});

test('all credentials of a system go at once, and are told of once', async () => {
  await bed.call('POST', '/systems/v2', { body: { ...REMOTE_SYSTEM, id: 'remote', name: 'remote' } });
  const kept = async () => (await bed.call('GET', '/systems/v2/remote/credentials')).json.result.length;
  assert.equal(await kept(), 1);
  for (let round = 0; round < 2; round += 1)
    assert.equal((await bed.call('DELETE', '/systems/v2/remote/credentials')).status, 200);
  assert.equal(await kept(), 0);
  const history = (await bed.call('GET', '/systems/v2/remote/history')).json.result;
  const cleared = history.filter(({ status }: { status: string }) => status === 'CLEAR_CREDENTIALS');
  assert.equal(cleared.length, 1);
});
