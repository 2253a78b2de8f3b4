import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  appSchema,
  STORAGE_PROTOCOLS,
  systemSchema,
  UNSUPPORTED_PROTOCOLS,
} from '../../packages/contract/src/index.ts';
import { STORAGE_PROTOCOLS as WORKING_PROTOCOLS } from '../../packages/server/src/storage/by-protocol.ts';
import { type BedAnswer, type HttpBed, localSystem, openHttpBed } from '../support/http-bed.ts';
import { NO_HOSTS } from '../support/no-hosts.ts';

// Descriptions as another service of the Tapis v2 API shows them: with what only the server sets, nulls, and no secrets.
const DIRECTORY = join(import.meta.dirname, '../exports');
const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

let bed: HttpBed;
before(async () => {
  const hosts = {
    ...NO_HOSTS,
    showHostKeys: async () => ({ kind: 'shown' as const, hostKeys: [HOST_KEY] }),
  };
  bed = await openHttpBed(() => ({ hosts }));
  const queues = [{ name: 'normal' }];
  for (const [id, type, more] of [
    ['cluster.example.org', 'EXECUTION', { queues }],
    ['storage.example.org', 'STORAGE', {}],
  ] as const) {
    const made = await bed.call('POST', '/systems/v2', { body: localSystem(id, bed.root, type, more) });
    assert.equal(made.status, 201, made.text);
  }
  await bed.write('home/mlopez/apps/ncbi-blast-2.7.1/wrapper.sh', 'blastn\n');
  await bed.write('home/mlopez/apps/rename-1.0.0/wrapper.sh', 'mv\n');
  await bed.write('apps/fastqc-0.11.5u3.zip', 'PK');
  await bed.write('apps/fastqc-0.11.5u3/wrapper.sh', 'fastqc\n');
});
after(() => bed.close());

// oxlint-disable-next-line typescript/no-explicit-any -- a document from elsewhere
type Document = any;

function read(name: string): Document {
  return JSON.parse(readFileSync(join(DIRECTORY, `${name}.json`), 'utf8'));
}

/** The document with the credentials that exports never hold. */
function withCredentials(document: Document, secrets: object): Document {
  const add = (block: Document) => block && { ...block, auth: { ...block.auth, ...secrets } };
  return { ...document, login: add(document.login), storage: add(document.storage) };
}

const post = (kind: 'systems' | 'apps', body: Document) => bed.call('POST', `/${kind}/v2`, { body });

/** What a refusal says of each field. */
function refusalOf({ status, json, text }: BedAnswer): [string, string][] {
  assert.equal(status, 400, text);
  return json.errors.map(({ field, message }: { field: string; message: string }) => [field, message]);
}

const KEYS = { username: 'svc', publicKey: 'ssh-ed25519 AAAA', privateKey: 'SECRET' };

test('a cluster of another service is registered once its credentials are added', async () => {
  const document = read('slurm-cluster');
  const refused = refusalOf(await post('systems', document));
  assert.deepEqual(
    refused.map(([field]) => field),
    ['storage.auth.username', 'storage.auth.privateKey', 'login.auth.username', 'login.auth.privateKey'],
  );
  assert.match(refused[0]?.[1] ?? '', /exported descriptions need it added/);
  const made = await post('systems', withCredentials(document, KEYS));
  assert.equal(made.status, 201, made.text);
  const system = systemSchema.parse(made.json.result);
  assert.deepEqual(system, made.json.result);
  assert.ok(system.type === 'EXECUTION');
  assert.deepEqual([system.id, system.owner, system.revision], [document.id, 'root', 1]);
  assert.notEqual(system.uuid, document.uuid);
  assert.deepEqual(
    system.queues.map(({ name, customDirectives }) => [name, customDirectives]),
    [
      ['normal', '-A TG-BIO0001'],
      ['development', null],
    ],
  );
});

test('what the server sets is ignored: nobody becomes owner, public or the default of everybody', async () => {
  const document = { ...read('sge-cluster-behind-proxy'), globalDefault: true };
  const password = { username: 'svc', password: 'SECRET' };
  const hidden = await post('systems', withCredentials(document, password));
  // Keys of hosts behind a proxy cannot be seen from here.
  assert.deepEqual([hidden.status, hidden.json.code], [412, 'precondition.failed']);
  const proxy = { ...document.login.proxy, hostKeys: [HOST_KEY] };
  const known = (block: Document) => ({ ...block, proxy, hostKeys: [HOST_KEY] });
  const login = known(document.login);
  const storage = known(document.storage);
  const made = await post('systems', withCredentials({ ...document, login, storage }, password));
  assert.equal(made.status, 201, made.text);
  const { owner, globalDefault, scheduler, environment } = made.json.result;
  assert.deepEqual(
    [owner, made.json.result.public, globalDefault, scheduler, environment],
    ['root', false, false, 'CUSTOM_GRIDENGINE', null],
  );
});

test('an object store is registered with its keys', async () => {
  const made = await post('systems', withCredentials(read('s3-bucket'), KEYS));
  assert.deepEqual([made.status, made.json.result?.storage.container], [201, 'lab-sequences'], made.text);
  assert.equal('resource' in made.json.result.storage, false);
});

test('what cannot work here is refused with the field named and what to do instead', async () => {
  const cases = [
    ['systems', 'grid-cluster', {}, [['storage.protocol', /SFTP/]]],
    ['systems', 'gridftp-storage', {}, [['storage.protocol', /GRIDFTP is not supported.*use SFTP/]]],
    ['systems', 'irods-collection', {}, [['storage.protocol', /IRODS.*S3/]]],
    ['apps', 'public-app', null, [['deploymentPath', /is an archive.*unpack it/]]],
    ['apps', 'app-with-lookahead', null, [['parameters.0.value.validator', /./]]],
  ] as const;
  for (const [kind, name, secrets, problems] of cases) {
    const document = secrets === null ? read(name) : withCredentials(read(name), secrets);
    const refused = refusalOf(await post(kind, document));
    assert.deepEqual(
      refused.map(([field]) => field),
      problems.map(([field]) => field),
      name,
    );
    for (const [index, [, pattern]] of problems.entries()) assert.match(refused[index]?.[1] ?? '', pattern);
    const shown = await bed.call('GET', `/${kind}/v2/${document.id}`);
    assert.equal(shown.status, 404, `${name} is stored although it was refused`);
  }
  const ssh = { ...read('grid-cluster'), storage: withCredentials(read('slurm-cluster'), KEYS).storage };
  assert.deepEqual(
    refusalOf(await post('systems', ssh)).map(([field, message]) => [field, /use|register/.test(message)]),
    [['login.protocol', true]],
  );
});

test('an app of another service is registered under its name and version, whatever id it had', async () => {
  const document = read('blast-app');
  const made = await post('apps', document);
  assert.equal(made.status, 201, made.text);
  const app = appSchema.parse(made.json.result);
  assert.deepEqual(app, made.json.result);
  assert.deepEqual([app.id, app.owner, app.revision, app.isPublic], ['ncbi-blast-2.7.1', 'root', 1, false]);
  const kept = ['label', 'tags', 'ontology', 'modules', 'defaultQueue', 'defaultMemoryPerNode'] as const;
  for (const field of kept) assert.deepEqual(app[field], document[field], field);
  assert.deepEqual(
    app.inputs.map(({ id, value }) => [id, value.default]),
    [
      ['query', ''],
      ['databases', ['db/nt', 'db/nr']],
    ],
  );
  assert.deepEqual(
    app.parameters.map(({ id, value }) => [id, value.type, value.default]),
    document.parameters.map(({ id, value }: Document) => [id, value.type, value.default]),
  );
});

test('a public app of another service is private at first, and public again once it is published', async () => {
  const document = { ...read('public-app'), deploymentPath: '/apps/fastqc-0.11.5u3' };
  const made = await post('apps', document);
  assert.deepEqual(
    [made.status, made.json.result?.id, made.json.result?.isPublic],
    [201, 'fastqc-0.11.5', false],
  );
  const published = await bed.call('PUT', '/apps/v2/fastqc-0.11.5', { body: { action: 'publish' } });
  assert.equal(published.json.result.id, 'fastqc-0.11.5u1');
});

test('what this service shows can be sent to it again, as a registration of another id', async () => {
  const shown = (await bed.call('GET', '/apps/v2/ncbi-blast-2.7.1')).json.result;
  const again = await post('apps', { ...shown, version: '2.7.2' });
  assert.equal(again.status, 201, again.text);
  const system = (await bed.call('GET', '/systems/v2/hpc-cluster-mlopez')).json.result;
  const copy = await post('systems', withCredentials({ ...system, id: 'copy' }, KEYS));
  assert.equal(copy.status, 201, copy.text);
});

test('of every storage protocol is said what to do instead, or it works', () => {
  const instead = Object.keys(UNSUPPORTED_PROTOCOLS);
  for (const protocol of STORAGE_PROTOCOLS)
    assert.notEqual(WORKING_PROTOCOLS.includes(protocol), instead.includes(protocol), protocol);
});

test('every sample is told of above', () => {
  const names = readdirSync(DIRECTORY).map((file) => file.replace('.json', ''));
  const source = readFileSync(import.meta.filename, 'utf8');
  assert.deepEqual(
    names.filter((name) => !source.includes(`'${name}'`)),
    [],
  );
});
