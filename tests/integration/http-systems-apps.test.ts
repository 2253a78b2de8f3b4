import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { appSchema, systemRoleSchema, systemSchema } from '../../packages/contract/src/index.ts';
import {
  addSystems,
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
});
after(() => bed.close());

const fieldsOf = (answer: { json: { errors?: { field: string }[] } }) =>
  answer.json.errors?.map(({ field }) => field);

test('a registered system is shown as the contract says, with lists and objects that are never null', async () => {
  const { json } = await bed.call('GET', '/systems/v2/exec', { as: 'ada' });
  assert.deepEqual(systemSchema.parse(json.result), json.result);
  assert.equal(json.result.queues[0].name, 'default');
  assert.equal(json.result.scheduler, 'FORK');
  assert.equal(json.result._links.self.href, 'https://api.example.org/systems/v2/exec');
  const storage = (await bed.call('GET', '/systems/v2/store', { as: 'ada' })).json.result;
  assert.deepEqual(systemSchema.parse(storage), storage);
  assert.equal('login' in storage, false);
});

test('only an administrator registers a system on the host of the service', async () => {
  for (const type of ['EXECUTION', 'STORAGE'] as const) {
    const answer = await bed.call('POST', '/systems/v2', {
      as: 'ada',
      body: localSystem('mine', bed.root, type),
    });
    assert.deepEqual([answer.status, codeOf(answer)], [403, 'system.host-local-needs-admin']);
  }
});

test("only an administrator registers or changes a system that the server's ssh program enters", async () => {
  const storage = {
    protocol: 'SFTP',
    transport: 'OPENSSH',
    host: 'login.example.org',
    port: 22,
    hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'],
    auth: { type: 'LOCAL', username: 'service' },
  };
  const body = { id: 'by-ssh', name: 'S', type: 'STORAGE', storage };
  const refused = await bed.call('POST', '/systems/v2', { as: 'ada', body });
  assert.deepEqual([refused.status, codeOf(refused)], [403, 'system.openssh-needs-admin']);
  const made = await bed.call('POST', '/systems/v2', { body });
  assert.deepEqual([made.status, made.json.result?.storage.transport], [201, 'OPENSSH'], made.text);
  await bed.call('POST', '/systems/v2/by-ssh/roles', { body: { username: 'ada', role: 'ADMIN' } });
  const changed = await bed.call('POST', '/systems/v2/by-ssh', { as: 'ada', body: { name: 'T' } });
  assert.deepEqual([changed.status, codeOf(changed)], [403, 'system.openssh-needs-admin']);
});

test('custom directives that take jobs out of our hands are refused with their queue', async () => {
  const storage = { protocol: 'LOCAL', rootDir: bed.root, auth: { type: 'LOCAL' } };
  const login = { protocol: 'LOCAL', auth: { type: 'LOCAL' } };
  const queue = (name: string, customDirectives: string) => ({ name, customDirectives });
  const body = {
    id: 'batch',
    name: 'B',
    type: 'EXECUTION',
    executionType: 'HPC',
    scheduler: 'SLURM',
    storage,
    login,
    queues: [
      queue('fine', '-A project\n#SBATCH --mem=${AGAVE_JOB_MEMORY_PER_NODE}G'),
      queue('array', '--array=1-9'),
    ],
  };
  const refused = await bed.call('POST', '/systems/v2', { body });
  assert.deepEqual([refused.status, fieldsOf(refused)], [400, ['queues.1.customDirectives']]);
  const queues = body.queues.slice(0, 1);
  assert.equal((await bed.call('POST', '/systems/v2', { body: { ...body, queues } })).status, 201);
  const updated = await bed.call('POST', '/systems/v2/batch', {
    body: { queues: [queue('fine', '--comment=${NO_SUCH_MACRO}')] },
  });
  assert.deepEqual([updated.status, fieldsOf(updated)], [400, ['queues.0.customDirectives']]);
  for (const directives of ['--wait', 'no directive', '-A\u0000']) {
    const answer = await bed.call('POST', '/systems/v2/batch/queues', { body: queue('bad', directives) });
    assert.deepEqual([answer.status, fieldsOf(answer)], [400, ['customDirectives']], directives);
  }
});

test('what this version cannot use is refused by name, and no secret is kept', async () => {
  const auth = { type: 'PASSWORD', username: 'ada', password: 'SECRET-KEY' };
  const storage = { protocol: 'IRODS', host: 'h.example.org', port: 1247, auth };
  const body = {
    ...localSystem('far', bed.root, 'EXECUTION'),
    executionType: 'HPC',
    scheduler: 'LOADLEVELER',
    storage: { ...storage, protocol: 'SFTP' },
    login: { ...storage, protocol: 'API' },
  };
  const answer = await bed.call('POST', '/systems/v2', { body });
  assert.equal(answer.status, 400);
  assert.deepEqual(fieldsOf(answer), ['login.protocol', 'scheduler']);
  assert.doesNotMatch(answer.text, /SECRET/);
  const files = await bed.call('POST', '/systems/v2', { body: { ...body, type: 'STORAGE', storage } });
  assert.deepEqual([files.status, fieldsOf(files)], [400, ['storage.protocol']]);
  assert.doesNotMatch(files.text, /SECRET/);
  const local = localSystem('with-secret', bed.root, 'STORAGE');
  const made = await bed.call('POST', '/systems/v2', {
    body: { ...local, storage: { ...local.storage, auth: { type: 'LOCAL', password: 'SECRET-WORD' } } },
  });
  assert.equal(made.status, 201);
  const rows = await bed.db.selectFrom('systems').select('definition').execute();
  assert.doesNotMatch(JSON.stringify(rows), /SECRET/);
});

test('a root directory that is not there is told at registration', async () => {
  const answer = await bed.call('POST', '/systems/v2', {
    body: localSystem('gone', join(bed.root, 'gone'), 'STORAGE'),
  });
  assert.deepEqual([answer.status, fieldsOf(answer)], [400, ['storage.rootDir']]);
});

test('POST with a known id updates; an update takes the fields given and checks the whole', async () => {
  const again = await bed.call('POST', '/systems/v2', {
    body: localSystem('exec', bed.root, 'EXECUTION', { description: 'new words', maxSystemJobs: 7 }),
  });
  assert.deepEqual([again.status, again.json.result.description], [200, 'new words']);
  const part = await bed.call('POST', '/systems/v2/exec', {
    body: { SITE: 'ignored', site: 'here', maxsystemjobs: 7, queues: [{ name: 'q', maxNodes: 2 }] },
  });
  assert.equal(part.status, 200, part.text);
  const { result } = part.json;
  assert.deepEqual(
    [result.site, result.description, result.maxSystemJobs, result.queues.length, result.queues[0].name],
    ['here', 'new words', 7, 1, 'q'],
  );
  assert.equal(result.revision, again.json.result.revision + 1);
  const bad = await bed.call('POST', '/systems/v2/exec', { body: { scheduler: 'SLURM', id: 'other' } });
  assert.deepEqual([bad.status, fieldsOf(bad)], [400, ['scheduler']]);
  assert.deepEqual(fieldsOf(await bed.call('POST', '/systems/v2/exec', { body: { id: 'other' } })), ['id']);
  assert.deepEqual(fieldsOf(await bed.call('POST', '/systems/v2/exec', { body: { type: 'STORAGE' } })), [
    'type',
  ]);
});

test('updates at the same time do not overwrite each other', async () => {
  const bodies = Array.from({ length: 8 }, (_, index) => ({ site: `site-${index}` }));
  const answers = await Promise.all(bodies.map((body) => bed.call('POST', '/systems/v2/exec', { body })));
  const statuses = answers.map(({ status }) => status);
  assert.ok(statuses.includes(200));
  assert.ok(
    statuses.every((status) => status === 200 || status === 409),
    statuses.join(),
  );
  const applied = answers.filter(({ status }) => status === 200);
  assert.equal(new Set(applied.map(({ json }) => json.result.revision)).size, applied.length);
});

test('roles: a grant answers a list of one, lists begin with the owner, NONE takes the role away', async () => {
  const granted = await bed.call('POST', '/systems/v2/exec/roles', {
    body: { username: 'ada', role: 'publisher' },
  });
  assert.equal(granted.status, 200);
  assert.equal(granted.json.result.length, 1);
  assert.deepEqual(systemRoleSchema.parse(granted.json.result[0]).role, 'PUBLISHER');
  const listed = (await bed.call('GET', '/systems/v2/exec/roles', { as: 'bob' })).json.result;
  assert.deepEqual(
    listed.map(({ username, role }: { username: string; role: string }) => [username, role]),
    [
      ['root', 'OWNER'],
      ['ada', 'PUBLISHER'],
    ],
  );
  assert.equal((await bed.call('GET', '/systems/v2/exec/roles/ada')).json.result.role, 'PUBLISHER');
  assert.equal(codeOf(await bed.call('GET', '/systems/v2/exec/roles/bob')), 'role.not-found');
  const none = await bed.call('POST', '/systems/v2/exec/roles', { body: { username: 'ada', role: 'NONE' } });
  assert.equal(none.json.result[0].role, 'NONE');
  await bed.call('POST', '/systems/v2/exec/roles', { body: { username: 'ada', role: 'USER' } });
  const revoked = await bed.call('DELETE', '/systems/v2/exec/roles/ada');
  assert.deepEqual([revoked.status, 'result' in revoked.json], [200, false]);
  assert.equal(
    codeOf(await bed.call('POST', '/systems/v2/exec/roles', { body: { username: 'nobody', role: 'USER' } })),
    'profile.not-found',
  );
  assert.equal(
    (await bed.call('POST', '/systems/v2/exec/roles', { body: { username: 'root', role: 'NONE' } })).status,
    403,
  );
});

const ROLE_MATRIX = [
  ['GUEST', { see: 200, prefer: 403, disable: 403, grant: 403, grantOwner: 403, publish: 403, update: 403 }],
  ['USER', { see: 200, prefer: 200, disable: 403, grant: 403, grantOwner: 403, publish: 403, update: 403 }],
  [
    'PUBLISHER',
    { see: 200, prefer: 200, disable: 403, grant: 403, grantOwner: 403, publish: 403, update: 403 },
  ],
  ['ADMIN', { see: 200, prefer: 200, disable: 200, grant: 200, grantOwner: 403, publish: 403, update: 403 }],
  ['OWNER', { see: 200, prefer: 200, disable: 200, grant: 200, grantOwner: 200, publish: 403, update: 403 }],
] as const;

const USES = {
  see: ['GET', '', undefined],
  prefer: ['PUT', '', { action: 'setDefault' }],
  disable: ['PUT', '', { action: 'disable' }],
  grant: ['POST', '/roles', { username: 'eve', role: 'USER' }],
  grantOwner: ['POST', '/roles', { username: 'eve', role: 'OWNER' }],
  publish: ['PUT', '', { action: 'publish' }],
  update: ['POST', '', { description: 'mine now' }],
} as const;

for (const [role, expected] of ROLE_MATRIX) {
  test(`the role ${role} allows what it should on a private system, and no more`, async () => {
    const id = `private-${role.toLowerCase()}`;
    await bed.call('POST', '/systems/v2', { body: localSystem(id, bed.root, 'STORAGE') });
    assert.equal((await bed.call('GET', `/systems/v2/${id}`, { as: 'bob' })).status, 404);
    await bed.call('POST', `/systems/v2/${id}/roles`, { body: { username: 'bob', role } });
    for (const [use, status] of Object.entries(expected) as [keyof typeof USES, number][]) {
      const [method, path, body] = USES[use];
      const answer = await bed.call(method, `/systems/v2/${id}${path}`, { as: 'bob', body });
      assert.equal(answer.status, status, `${use}: ${answer.text}`);
    }
  });
}

test('defaults are per user, fall back to the global one, and listings find them', async () => {
  await bed.call('PUT', '/systems/v2/store', { body: { action: 'setGlobalDefault' } });
  const found = await bed.call('GET', '/systems/v2?default=True&type=storage', { as: 'eve' });
  assert.deepEqual(
    found.json.result.map(({ id }: { id: string }) => id),
    ['store'],
  );
  await bed.call('PUT', '/systems/v2/store', { body: { action: 'unsetGlobalDefault' } });
  assert.deepEqual(
    (await bed.call('GET', '/systems/v2?default=true&type=STORAGE', { as: 'eve' })).json.result,
    [],
  );
  const mine = await bed.call('PUT', '/systems/v2/store', {
    as: 'eve',
    body: 'action=setDefault',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.deepEqual(
    [mine.status, mine.json.result.default, mine.json.result.globalDefault],
    [200, true, false],
  );
  const ids = (await bed.call('GET', '/systems/v2?publicOnly=True&orderBy=id', { as: 'eve' })).json.result;
  assert.deepEqual(
    ids.map(({ id }: { id: string }) => id),
    ['exec', 'store'],
  );
  assert.equal((await bed.call('GET', '/systems/v2?type=tape')).status, 400);
});

test('a deleted system is gone, answers JSON, and its id stays taken', async () => {
  const body = localSystem('brief', bed.root, 'STORAGE');
  await bed.call('POST', '/systems/v2', { body });
  const deleted = await bed.call('DELETE', '/systems/v2/brief');
  assert.deepEqual([deleted.status, 'result' in deleted.json], [200, false]);
  assert.equal((await bed.call('GET', '/systems/v2/brief')).status, 404);
  assert.equal(codeOf(await bed.call('POST', '/systems/v2', { body })), 'system.exists');
});

test('queues are listed with pages, and storage systems have none', async () => {
  await bed.call('POST', '/systems/v2/exec', {
    body: { queues: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] },
  });
  const page = await bed.call('GET', '/systems/v2/exec/queues?limit=1&offset=1', { as: 'eve' });
  assert.deepEqual(
    page.json.result.map(({ name }: { name: string }) => name),
    ['b'],
  );
  assert.deepEqual((await bed.call('GET', '/systems/v2/store/queues')).json.result, []);
});

test('an app is registered, shown as the contract says, revised and deleted', async () => {
  const made = await bed.call('POST', '/apps/v2', {
    body: wordCount({
      inputs: [{ id: 'file', value: { validator: '\\.txt$' } }],
      parameters: [{ id: 'mode', value: { type: 'enumeration', enum_values: ['l', 'w'], default: 'l' } }],
    }),
  });
  assert.equal(made.status, 201, made.text);
  const app = appSchema.parse(made.json.result);
  assert.deepEqual(app, made.json.result);
  assert.deepEqual([app.id, app.revision, app.deploymentSystem, app.isPublic], ['wc-1.0', 1, 'store', false]);
  const again = await bed.call('POST', '/apps/v2', { body: wordCount({ label: 'Count' }) });
  assert.deepEqual([again.status, again.json.result.revision, again.json.result.label], [200, 2, 'Count']);
  const other = await bed.call('POST', '/apps/v2/wc-1.0', { body: wordCount({ version: '1.1' }) });
  assert.deepEqual(fieldsOf(other), ['version']);
  const updated = await bed.call('POST', '/apps/v2/wc-1.0', { body: wordCount({ available: false }) });
  assert.deepEqual(
    [updated.status, updated.json.result.available, updated.json.result.revision],
    [200, false, 3],
  );
  await bed.call('DELETE', '/apps/v2/wc-1.0');
  assert.equal(codeOf(await bed.call('GET', '/apps/v2/wc-1.0')), 'app.not-found');
  assert.equal(codeOf(await bed.call('POST', '/apps/v2', { body: wordCount() })), 'app.exists');
});

test('every problem of an app with its systems, files and validators is reported at once', async () => {
  const body = wordCount({
    version: '2.0',
    executionType: 'HPC',
    defaultQueue: 'nowhere',
    deploymentPath: 'apps/missing',
    inputs: [
      { id: 'a', value: { validator: '(?=x)' } },
      { id: 'b', value: { validator: '[a-z&&[^x]]' } },
    ],
    parameters: [{ id: 'c', value: { validator: '[\\p{L}]{1,300}q' } }],
  });
  assert.deepEqual(fieldsOf(await bed.call('POST', '/apps/v2', { body })), [
    'defaultQueue',
    'deploymentPath',
    'inputs.0.value.validator',
    'inputs.1.value.validator',
    'parameters.0.value.validator',
  ]);
});

test('the files of an app must be there, plain, and inside the system', async () => {
  await mkdir(join(bed.root, 'home/apps/linked'), { recursive: true });
  await symlink('/etc/passwd', join(bed.root, 'home/apps/linked/wrapper.sh'));
  await symlink('/etc', join(bed.root, 'home/apps/etc'));
  const cases = [
    [{ templatePath: 'absent.sh' }, 'templatePath'],
    [{ templatePath: '../../secret' }, 'templatePath'],
    [{ deploymentPath: 'apps/linked' }, 'templatePath'],
    [{ deploymentPath: 'apps/etc', templatePath: 'passwd' }, 'deploymentPath'],
    [{ deploymentPath: 'apps/wc/wrapper.sh' }, 'deploymentPath'],
    [{ deploymentPath: '../../etc' }, 'deploymentPath'],
    [{ deploymentSystem: 'nowhere' }, 'deploymentSystem'],
    [{ executionSystem: 'store' }, 'executionSystem'],
    [{ executionSystem: 'nowhere' }, 'executionSystem'],
  ] as const;
  for (const [change, field] of cases) {
    const answer = await bed.call('POST', '/apps/v2', { body: wordCount({ version: '3.0', ...change }) });
    assert.deepEqual([answer.status, fieldsOf(answer)], [400, [field]], JSON.stringify(change));
  }
});

test('programs come to the host of the service from publishers only; apps are their owners own until published', async () => {
  const body = wordCount({ name: 'ada', version: '1.0' });
  const refused = await bed.call('POST', '/apps/v2', { as: 'ada', body });
  assert.deepEqual([refused.status, codeOf(refused)], [403, 'access.forbidden']);
  assert.match(refused.json.message, /PUBLISHER/);
  await bed.call('POST', '/systems/v2/exec/roles', { body: { username: 'ada', role: 'PUBLISHER' } });
  assert.equal((await bed.call('POST', '/apps/v2', { as: 'ada', body })).status, 201);
  assert.equal((await bed.call('GET', '/apps/v2/ada-1.0', { as: 'bob' })).status, 404);
  assert.equal(
    codeOf(await bed.call('PUT', '/apps/v2/ada-1.0', { as: 'ada', body: { action: 'publish' } })),
    'access.admin-only',
  );
  const published = (await bed.call('PUT', '/apps/v2/ada-1.0', { body: { action: 'PUBLISH' } })).json.result;
  assert.deepEqual([published.id, published.isPublic, published.owner], ['ada-1.0u1', true, 'ada']);
  assert.equal((await bed.call('GET', '/apps/v2/ada-1.0u1', { as: 'bob' })).status, 200);
  for (const [method, more] of [
    ['POST', body],
    ['PUT', { action: 'disable' }],
    ['DELETE', undefined],
  ] as const) {
    assert.equal(
      (await bed.call(method, '/apps/v2/ada-1.0u1', { as: 'bob', body: more })).status,
      403,
      method,
    );
  }
  assert.equal((await bed.call('POST', '/apps/v2', { as: 'bob', body })).status, 403);
  const listed = await bed.call('GET', '/apps/v2?publicOnly=True&filter=id', { as: 'bob' });
  assert.deepEqual(listed.json.result, [{ id: 'ada-1.0u1' }]);
  assert.deepEqual((await bed.call('GET', '/apps/v2?privateOnly=true', { as: 'bob' })).json.result, []);
});

test('without a deployment system the default storage is meant, and one must be there', async () => {
  const body = wordCount({ version: '4.0', deploymentSystem: undefined });
  assert.deepEqual(fieldsOf(await bed.call('POST', '/apps/v2', { body })), ['deploymentSystem']);
  await bed.call('PUT', '/systems/v2/store', { body: { action: 'setDefault' } });
  const made = await bed.call('POST', '/apps/v2', { body });
  assert.deepEqual([made.status, made.json.result.deploymentSystem], [201, 'store']);
});

test('an app whose files cannot be looked at now is not registered', async () => {
  await bed.call('PUT', '/systems/v2/store', { body: { action: 'disable' } });
  const answer = await bed.call('POST', '/apps/v2', { body: wordCount({ version: '5.0' }) });
  await bed.call('PUT', '/systems/v2/store', { body: { action: 'enable' } });
  assert.deepEqual([answer.status, codeOf(answer)], [412, 'system.unavailable']);
});
