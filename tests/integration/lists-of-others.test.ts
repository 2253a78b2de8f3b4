import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { OPERATION_IDS, type OperationId, routeOf } from '../../packages/contract/src/index.ts';
import { accessRuleOf } from '../support/access-rules.ts';
import { MARK, makeThing } from '../support/hidden-things.ts';
import { type JobApi, startJobApi, TEST_APP } from '../support/job-api.ts';

// Every list of the contract beside those below a thing, which does not exist for others, and those for administrators
// (access-matrix.test.ts): nothing of one user's is in the answers to another, who has things as well (RELIABILITY S1).

let api: JobApi;
const PASSWORD = 'correct horse battery';

/** Ids of a user's things, and what else names them. */
interface Things {
  readonly job: string;
  readonly subscription: string;
  readonly filter: string;
  readonly system: string;
  readonly app: string;
  readonly metadata: string;
  readonly schema: string;
  readonly postit: string;
  /** One that lasts, one that ends, and that of a session. */
  readonly tokens: readonly string[];
  readonly client: string;
}

/** Where a list is, and what its owner finds there. */
interface List {
  readonly address: string;
  readonly holds: readonly string[];
}

/** Null: shown to everybody who is signed in. A list that is missing here fails. */
const LISTS: Partial<Record<OperationId, ((things: Things) => List) | null>> = {
  listJobs: ({ job }) => ({ address: '/jobs/v2', holds: [job] }),
  searchJobs: ({ job }) => ({ address: `/jobs/v2/search/id/${job}`, holds: [job] }),
  listSavedFilters: ({ filter }) => ({ address: '/jobs/v2/filters', holds: [filter] }),
  listNotifications: ({ subscription }) => ({ address: '/notifications/v2', holds: [subscription] }),
  listSystems: ({ system }) => ({ address: '/systems/v2', holds: [`"${system}"`] }),
  listApps: ({ app }) => ({ address: '/apps/v2?filter=*', holds: [app] }),
  listAppsByName: ({ app }) => ({ address: `/apps/v2/name/${app.replace('-0.1.0', '')}`, holds: [app] }),
  listAppsByTag: ({ app }) => ({ address: '/apps/v2/tag/sorted', holds: [app] }),
  listAppsByOntology: ({ app }) => ({ address: '/apps/v2/ontology/genome', holds: [app] }),
  listAppsBySystem: ({ app }) => ({ address: '/apps/v2/system/exec', holds: [app] }),
  listMetadata: ({ metadata }) => ({
    address: `/meta/v2/data?q=${NAMED}&privileged=true`,
    holds: [metadata],
  }),
  listSchemas: ({ schema }) => ({ address: '/meta/v2/schemas?privileged=true', holds: [schema] }),
  listPostits: ({ postit }) => ({ address: '/postits/v2', holds: [postit] }),
  listUuids: ({ job, metadata }) => ({
    address: `/uuids/v2?uuids.eq=${job},${metadata}&expand=true`,
    holds: [job, metadata],
  }),
  listTokens: ({ tokens }) => ({ address: '/tokens/v2', holds: tokens }),
  listClients: ({ client }) => ({ address: '/clients/v2', holds: [client] }),
  listClientSubscriptions: ({ client }) => ({
    address: `/clients/v2/${client}/subscriptions`,
    holds: ['"tier"'],
  }),
  listProfiles: null,
  listTenants: null,
};

const NAMED = encodeURIComponent(JSON.stringify({ $or: [{ name: MARK }, { 'value.a': 1 }] }));

let things: Things;
before(async () => {
  api = await startJobApi();
  await api.write('home/apps/plot/wrapper.sh', 'true\n');
  for (const username of ['ada', 'bob'] as const) {
    for (const system of ['exec', 'store'])
      await api.call('POST', `/systems/v2/${system}/roles`, {
        as: 'root',
        body: { username, role: 'PUBLISHER' },
      });
    await api.call('PUT', `/profiles/v2/${username}`, { as: 'root', body: { password: PASSWORD } });
  }
  things = await makeThings();
  for (const body of [{ name: 'lasts' }, { name: 'ends', lifetimeSeconds: 3600 }])
    await made('/tokens/v2', { as: 'bob', body });
});
after(() => api?.close());

/** One of everything, of ada. */
async function makeThings(): Promise<Things> {
  const nameOf = async (kind: Parameters<typeof makeThing>[1], name: string) =>
    (await makeThing(api, kind, 1))[name] ?? '';
  const app = await made('/apps/v2', {
    body: { ...TEST_APP, name: 'of-ada', label: MARK, tags: ['sorted'], ontology: ['genome'] },
  });
  const client = { clientName: 'of-ada-client' };
  await made('/clients/v2', { headers: { authorization: basicOf('ada') }, body: client });
  return {
    job: await nameOf('job', 'id'),
    subscription: await nameOf('subscription', 'id'),
    filter: await nameOf('filter', 'name'),
    system: await nameOf('system', 'id'),
    app: app.id,
    metadata: await nameOf('metadata', 'uuid'),
    schema: await nameOf('schema', 'uuid'),
    postit: await nameOf('postit', 'postit'),
    tokens: await makeTokens(),
    client: client.clientName,
  };
}

async function makeTokens(): Promise<readonly string[]> {
  const lasts = await made('/tokens/v2', { body: { name: MARK } });
  const ends = await made('/tokens/v2', { body: { name: MARK, lifetimeSeconds: 3600 } });
  const headers = { authorization: '', 'user-agent': MARK };
  await made('/sessions/v2', { headers, body: { username: 'ada', password: PASSWORD } });
  const { rows } = await api.pool.query<{ id: string }>(
    "select id from tokens where kind = 'session' and username = 'ada'",
  );
  return [lasts.id, ends.id, ...rows.map(({ id }) => id)];
}

async function made(path: string, call: Parameters<JobApi['call']>[2]): Promise<{ readonly id: string }> {
  const answer = await api.call<{ readonly id: string }>('POST', path, call);
  assert.equal(answer.status, 201, answer.text);
  return answer.json.result;
}

const basicOf = (username: string) => `Basic ${Buffer.from(`${username}:${PASSWORD}`).toString('base64')}`;

/** Clients ask for the password, all others for a token. */
function list(id: OperationId, address: string, as: 'ada' | 'bob') {
  const headers = routeOf(id).access === 'public' ? { headers: { authorization: basicOf(as) } } : {};
  return api.call<unknown>('GET', address, { as, ...headers });
}

const isTestedElsewhere = (id: OperationId) => ['thing', 'administrators'].includes(accessRuleOf(id).kind);

const isList = (id: OperationId) => routeOf(id).success.schema instanceof z.ZodArray;

for (const id of OPERATION_IDS) {
  if (routeOf(id).method !== 'GET' || !isList(id) || isTestedElsewhere(id)) continue;
  const listOf = LISTS[id];
  if (listOf === null) continue;

  test(`${id} shows what is the caller's, and nothing of another user's`, async () => {
    assert.ok(listOf, `say in this file what ${id} lists`);
    const { address, holds } = listOf(things);
    const own = await list(id, address, 'ada');
    assert.equal(own.status, 200, own.text);
    for (const name of holds) assert.ok(own.text.includes(name), `${name} is missing in ${own.text}`);
    const { text } = await list(id, address, 'bob');
    for (const name of [...holds, MARK]) assert.ok(!text.includes(name), `${name} is in ${text}`);
  });
}
