import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OPERATION_IDS, parameterNames, routeOf } from '../../packages/contract/src/index.ts';
import { type JobApi, startJobApi } from '../support/job-api.ts';
import { form as multipart } from '../support/upload-form.ts';
import { type RawAnswer, sendRaw } from './raw-request.ts';

// What clients of the original are used to that no command of theirs shows by itself.

let api: JobApi;
let url: string;
before(async () => {
  api = await startJobApi();
  url = await api.server.listen({ host: '127.0.0.1', port: 0 });
});
after(() => api?.close());

interface Call {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Default: ada's. */
  readonly token?: string;
}

function send(method: string, target: string, { headers, body, token }: Call = {}): Promise<RawAnswer> {
  const authorization = `Bearer ${token ?? api.tokens.ada}`;
  return sendRaw(url, {
    method,
    target,
    headers: { authorization, ...headers },
    ...(body !== undefined && { body }),
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
const REQUEST = { name: 'my job', appId: 'plot-0.1.0', archive: false };

const post = (target: string, body: object) =>
  send('POST', target, { headers: JSON_TYPE, body: JSON.stringify(body) });

async function submit(more: object = {}): Promise<string> {
  const answer = await post('/jobs/v2', { ...REQUEST, ...more });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.result.id;
}

/** Answers of which only what belongs to the request itself differs. */
function comparable({ status, text }: RawAnswer) {
  return [status, text.replace(/"requestId":"[^"]*"/, '')];
}

/** Its answer goes on for ever, differs at every call, or ends the token that asks. */
const LIVE: readonly string[] = [
  'streamEvents',
  'streamJobEvents',
  'showMetrics',
  'showReadiness',
  'deleteSession',
];

/** Of the right forms, and nobody's. */
function targetOf(path: string): string {
  return parameterNames(path).reduce((target, name) => {
    const value =
      name === 'id' && path.startsWith('/jobs') ? '1674389564419740136-242ac113-0001-007' : 'nobody';
    return target.replace(`{${name}}`, value);
  }, path);
}

test('every address answers alike with a slash at its end, two at its beginning and two within', async () => {
  const paths = OPERATION_IDS.filter((id) => !LIVE.includes(id)).flatMap((id) => {
    const { method, path, aliases = [] } = routeOf(id);
    return [path, ...aliases].map((each) => ({ method, target: targetOf(each) }));
  });
  assert.ok(paths.length > 80);
  await Promise.all(
    paths.map(async ({ method, target }) => {
      // A path within a system begins with a slash where it is absolute: there the second one means something.
      if (target.startsWith('/files/v2')) return;
      const plain = comparable(await send(method, target));
      assert.ok(Number(plain[0]) < 300 || Number(plain[0]) >= 400, `${method} ${target} is never a redirect`);
      for (const other of [`${target}/`, `/${target}`, target.replace('/v2', '//v2'), `/${target}//`])
        assert.deepEqual(comparable(await send(method, other)), plain, `${method} ${other}`);
    }),
  );
});

test('pretty, naked and filter shape every answer that has an envelope', async () => {
  await submit();
  const lists = ['/jobs/v2', '/notifications/v2', '/systems/v2', '/apps/v2', '/profiles/v2/ada', '/tenants'];
  for (const target of lists) {
    assert.match((await send('GET', `${target}?pretty=True`)).text, /^\{\n {2}"status": "success"/, target);
    assert.match((await send('GET', `${target}?naked=true`)).text, /^(\[|\{"u)/, target);
    const { result } = (await send('GET', `${target}?filter=_links.self.href`)).json;
    for (const item of [result].flat()) assert.deepEqual(Object.keys(item), ['_links'], target);
  }
});

test('a filter of a job list chooses among the fields of the whole job', async () => {
  const id = await submit();
  const target = `/jobs/v2/?id.eq=${id}&filter=id%2CnodeCount%2C_links.history.href%2C_links.self%2Cnothing`;
  const [job] = (await send('GET', target)).json.result;
  assert.deepEqual(Object.keys(job), ['id', 'nodeCount', '_links']);
  assert.deepEqual(Object.keys(job._links), ['self', 'history']);
});

test('names of search fields are lower-cased, operators too, and Python writes True', async () => {
  const id = await submit({ name: 'Searched for' });
  const found = async (query: string) =>
    (await send('GET', `/jobs/v2?limit=100&offset=0&${query}`)).json.result.some(
      (job: { id: string }) => job.id === id,
    );
  const queries = [
    `id.like=${id}`,
    `id=${id}`,
    'appid.eq=plot-0.1.0',
    'archive.eq=False',
    'visible.eq=True',
    'name.like=*ARCHED*',
    'name.like=searched*',
    'name.like=*for',
    'nodecount.between=1,2',
    'status.in=PENDING,RUNNING',
    'STATUS.NIN=RUNNING',
    'created.after=yesterday',
    'created.gt=1%20hour%20ago',
    `created.gte=${Date.now() - 60_000}`,
    'created.after=2020-01-01T00:00:00%2B00:00',
    'created.after=2020-01-01T00:00:00+00:00',
    'lastupdated.before=tomorrow',
    'processorspernode.lte=1&memorypernode.lt=1000000',
    'unknown.eq=whatever',
  ];
  for (const query of queries) assert.equal(await found(query), true, query);
  for (const query of ['archive.eq=True', 'visible.eq=False', 'created.before=yesterday', 'name.like=SEARCH'])
    assert.equal(await found(query), false, query);
  const bad = await send('GET', '/jobs/v2?nodecount.eq=many&created.on=whenever');
  assert.equal(bad.status, 400);
  assert.deepEqual(
    bad.json.errors.map(({ field }: { field: string }) => field),
    ['nodecount.eq', 'created.on'],
  );
});

test('pages are read leniently, orders in every spelling', async () => {
  await submit();
  await submit();
  const ids = async (query: string) =>
    (await send('GET', `/jobs/v2?${query}`)).json.result.map(({ id }: { id: string }) => id);
  const newest = await ids('orderBy=created&order=DESC&limit=2');
  assert.equal(newest.length, 2);
  for (const query of ['limit=-2', 'limit=2&offset=abc', 'limit=2&offset=-0', 'limit=2&offset='])
    assert.deepEqual(await ids(`orderBy=created&order=DESC&${query}`), newest, query);
  for (const order of ['desc', 'DESCEND', 'descending'])
    assert.deepEqual(await ids(`sortBy=CREATED&sort=${order}&limit=2`), newest, order);
  for (const order of ['asc', 'ASCEND', 'Ascending'])
    assert.notDeepEqual(await ids(`orderby=created&orderBy=created&order=${order}&limit=2`), newest, order);
  assert.equal((await ids('limit=abc')).length, (await ids('limit=100000')).length);
  for (const query of ['order=sideways', 'orderBy=colour'])
    assert.equal((await send('GET', `/jobs/v2?${query}`)).status, 400, query);
});

test('a job comes as JSON, as a form, as the fields of a multipart form and as its file', async () => {
  const parameters = { width: 3 };
  const json = JSON.stringify({ ...REQUEST, parameters });
  const file = multipart([{ name: 'fileToUpload', fileName: 'job.json', content: json }]);
  const fields = multipart([
    ...Object.entries(REQUEST).map(([name, value]) => ({ name, content: String(value) })),
    { name: 'width', content: '3' },
  ]);
  const form = new URLSearchParams({ ...REQUEST, archive: 'False', width: '3' }).toString();
  for (const { headers = {}, body } of [
    { headers: JSON_TYPE, body: json },
    { headers: JSON_TYPE, body: JSON.stringify({ ...REQUEST, width: '3' }) },
    { headers: FORM_TYPE, body: form },
    {
      headers: FORM_TYPE,
      body: `${form}&notifications=${encodeURIComponent('[{"url":"a@example.org","event":"*"}]')}`,
    },
    file,
    fields,
  ]) {
    const answer = await send('POST', '/jobs/v2/', { headers, body: String(body) });
    assert.equal(answer.status, 201, `${answer.text} to ${String(body).slice(0, 200)}`);
    assert.equal(answer.json.result.parameters.width, 3);
  }
});

test('a form whose file is no JSON, and one without a boundary, are refused as such', async () => {
  const broken = multipart([{ name: 'fileToUpload', fileName: 'job.json', content: '{"name":' }]);
  const large = multipart([{ name: 'fileToUpload', fileName: 'job.json', content: ' '.repeat(300_000) }]);
  for (const [{ headers = {}, body }, status, code] of [
    [broken, 400, 'request.malformed'],
    [large, 413, 'request.too-large'],
    [{ headers: { 'content-type': 'multipart/form-data' }, body: 'x' }, 400, 'request.malformed'],
    [multipart([]), 400, 'request.invalid'],
  ] as const) {
    const answer = await send('POST', '/jobs/v2', { headers, body: String(body) });
    assert.deepEqual([answer.status, answer.json.code], [status, code], answer.text);
  }
});

test('what carries no body is answered whatever is said of its body', async () => {
  const id = await submit();
  for (const action of ['resubmit', 'hide', 'unhide']) {
    const answer = await send('POST', `/jobs/v2/${id}/${action}`, {
      headers: { 'Content-type': 'application/json', 'Content-Length': '0' },
    });
    assert.ok(answer.status < 300, answer.text);
    assert.equal(typeof answer.json.result, 'object', action);
  }
  const nul = await send('POST', `/jobs/v2/${id}/resubmit`, { headers: JSON_TYPE, body: 'null' });
  assert.equal(nul.status, 202, nul.text);
  const empty = await send('POST', '/jobs/v2', { headers: { ...JSON_TYPE, 'content-length': '0' } });
  assert.deepEqual([empty.status, empty.json.status], [400, 'error']);
});

test('no success is an empty answer: existing clients read JSON from all of them', () => {
  const empty = OPERATION_IDS.filter((id) => routeOf(id).success.status === 204);
  assert.deepEqual(empty, []);
});

test('PUT on a job is 405, and says what there is', async () => {
  const answer = await send('PUT', `/jobs/v2/${await submit()}`, { headers: JSON_TYPE, body: '{}' });
  assert.equal(answer.status, 405);
  assert.match(String(answer.headers['allow']), /GET, POST, DELETE/);
});

test('lists are lists and objects are objects, also where there is nothing', async () => {
  const { result: job } = (await send('GET', `/jobs/v2/${await submit()}`)).json;
  assert.deepEqual([job.inputs, job.parameters.constructor], [{}, Object]);
  for (const target of [
    '/jobs/v2?name.eq=nothing',
    '/notifications/v2?associatedUuid=nothing',
    '/systems/v2?name=x',
  ])
    assert.ok(Array.isArray((await send('GET', target)).json.result), target);
});

test('the version is a text that sorts after the one where AgavePy changes its models', async () => {
  const { version } = (await send('GET', '/jobs/v2')).json;
  assert.ok(version > '2.2.22-r7deb380', version);
});

test('times are in UTC, and no last message reads as a time', async () => {
  const { result: job } = (await send('GET', `/jobs/v2/${await submit()}`)).json;
  assert.match(job.submitTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/);
  assert.ok(Number.isNaN(Date.parse(job.lastStatusMessage)), job.lastStatusMessage);
});

test('an ordinary error has a message and no fault, one of a token has both', async () => {
  const missing = await send('GET', '/jobs/v2/1674389564419740136-242ac113-0001-007');
  assert.deepEqual(
    [missing.status, missing.json.status, typeof missing.json.message],
    [404, 'error', 'string'],
  );
  assert.equal('fault' in missing.json || 'result' in missing.json, false);
  const refused = await send('GET', '/jobs/v2', { token: 'unknown' });
  assert.deepEqual([refused.status, refused.json.fault.code], [401, 900_904]);
  assert.equal(refused.json.fault.message, 'Invalid Credentials');
  assert.match(refused.json.message, /^Invalid Credentials/);
  const none = await send('GET', '/jobs/v2', { headers: { authorization: '' } });
  assert.deepEqual([none.status, 'fault' in none.json], [401, false]);
});
