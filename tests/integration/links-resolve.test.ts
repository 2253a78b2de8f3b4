import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  type Api,
  connectApi,
  jobEnd,
  registerApp,
  registerLocalSystems,
  submitJob,
} from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startService, type TestService } from '../support/service.ts';

let database: TestDatabase;
let service: TestService;
let root: string;
let job: { id: string; appId: string };
let notification: string;

const admin = connectApi(() => service.url);
let token = '';
/** The user to whom everything belongs, with the role OWNER on the systems; an ordinary one otherwise. */
let owner: Api;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'arras-links-'));
  database = await createTestDatabase();
  service = await startService({
    databaseUrl: database.url,
    environment: { ARRAS_EGRESS_ALLOW: '127.0.0.0/8' },
  });
  const systems = await registerLocalSystems(admin, root);
  owner = await addOwner(['local', 'store']);
  const template = 'mkdir -p results\necho a > results/a.txt\necho out\n';
  const appId = await registerApp(owner, systems, { name: 'made', template });
  await admin.call('PUT', `/apps/v2/${appId}`, { action: 'publish' });
  await owner.call('POST', `/apps/v2/${appId}/pems`, { username: 'admin', permission: 'READ' });
  // Takes no messages, so that there are failed attempts soon.
  const url = `${service.url}/health/live`;
  const subscription = { url, event: '*', persistent: true, policy: { retryStrategy: 'NONE' } };
  const submitted = await submitJob(owner, appId, { archive: true, notifications: [subscription] });
  job = { id: submitted.id, appId };
  await jobEnd(owner, job.id);
  await owner.call('POST', `/jobs/v2/${job.id}/pems`, { username: 'admin', permission: 'READ' });
  const [first] = await owner.call<{ id: string }[]>('GET', `/notifications/v2?associatedUuid=${job.id}`);
  assert.ok(first);
  notification = first.id;
  await eventually(
    'the subscription was attempted',
    async () => {
      const attempts = await owner.call<object[]>(
        'GET',
        `/notifications/v2/${notification}/attempts?status=all`,
      );
      assert.ok(attempts.length > 0);
      return attempts;
    },
    { timeoutMs: 60_000 },
  );
});
after(async () => {
  await service[Symbol.asyncDispose]();
  await database.drop();
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
});

async function addOwner(systems: readonly string[]): Promise<Api> {
  await admin.call('POST', '/profiles/v2', { username: 'pat', email: 'pat@example.org' });
  for (const id of systems)
    await admin.call('POST', `/systems/v2/${id}/roles`, { username: 'pat', role: 'OWNER' });
  const body = { name: 'links', username: 'pat' };
  ({ token } = await admin.call<{ token: string }>('POST', '/tokens/v2', body));
  const api = connectApi(() => service.url, token);
  await api.call('PUT', '/systems/v2/store', { action: 'setDefault' });
  return api;
}

/** All hrefs of a document, wherever they stand. */
function hrefsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'href' in value && typeof value.href === 'string' ? [value.href] : [];
  return [...own, ...Object.values(value).flatMap(hrefsOf)];
}

/** More pages than there can be: beyond it links lead on for ever. */
const MOST_PAGES = 400;

/** Follows every link from some pages on; returns those that do not answer with 200, with where they were found. */
async function follow(starts: readonly string[]): Promise<{ broken: string[]; pages: number }> {
  const found = new Map(starts.map((path) => [`${service.url}${path}`, 'the test']));
  const broken: string[] = [];
  for (const [href, from] of found) {
    assert.ok(found.size < MOST_PAGES, 'links lead on without end');
    const answer = await fetch(href, {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'manual',
    });
    const text = await answer.text();
    if (answer.status !== 200) broken.push(`${answer.status} ${href} (from ${from}): ${text.slice(0, 200)}`);
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
    for (const next of isJson ? hrefsOf(JSON.parse(text)) : []) if (!found.has(next)) found.set(next, href);
  }
  return { broken, pages: found.size };
}

const VIEWS = {
  jobs: () => [
    '/jobs/v2',
    `/jobs/v2/${job.id}`,
    `/jobs/v2/${job.id}/status`,
    `/jobs/v2/${job.id}/history`,
    `/jobs/v2/${job.id}/pems`,
    `/jobs/v2/${job.id}/outputs/listings`,
    `/jobs/v2/${job.id}/outputs/listings/results`,
  ],
  systems: () => ['/systems/v2', '/systems/v2/local', '/systems/v2/store', '/systems/v2/local/roles'],
  apps: () => ['/apps/v2', `/apps/v2/${job.appId}`, `/apps/v2/${job.appId}u1`, `/apps/v2/${job.appId}/pems`],
  profiles: () => ['/profiles/v2/me', '/profiles/v2', '/profiles/v2/pat'],
  notifications: () => [
    '/notifications/v2',
    `/notifications/v2/${notification}`,
    `/notifications/v2/${notification}/attempts?status=all`,
    `/notifications/v2/${notification}/deliveries`,
  ],
  files: () => [
    '/files/v2/listings/system/store//home',
    '/files/v2/history/system/store//home',
    '/files/v2/pems/system/store//home',
  ],
};

for (const [kind, starts] of Object.entries(VIEWS)) {
  test(`every link of ${kind}, and of what they lead to, answers its owner`, async () => {
    const { broken, pages } = await follow(starts());
    assert.deepEqual(broken, []);
    assert.ok(pages > starts().length, 'no links were followed');
  });
}
