import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, type Api, jobEnd, registerApp, registerLocalSystems } from '../support/api.ts';
import { makeCertificates } from '../support/certificates.ts';
import { createTestDatabase } from '../support/database.ts';
import { ADMIN_TOKEN, startService } from '../support/service.ts';
import { type RawAnswer, type RawRequest, sendRaw } from './raw-request.ts';
import { INIT_JOB } from './rows/init-job.ts';

/** A service over TLS, as AgavePy insists, with a user who has signed in as the clients do, and a job that ended. */
export interface CompatBed extends AsyncDisposable {
  readonly url: string;
  /** Root of the storage of both systems. */
  readonly root: string;
  /** Names in braces of recorded requests, and what they stand for here. */
  readonly names: Readonly<Record<string, string>>;
  readonly admin: Api;
  /** The user of the recorded requests. */
  readonly user: Api;
  send(request: RawRequest): Promise<RawAnswer>;
}

/** The user of the bed. */
export const USER = { username: 'pat', password: 'correct horse, battery' } as const;

/** Another ordinary user, whom nothing belongs to. */
export const OTHER = 'kim';

/** A file of the user's, in its home. */
export const WORDS = 'some words\nto count\n';

/** Starts the bed. */
export async function startCompatBed(): Promise<CompatBed> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'arras-compat-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const send = await startSecurely(stack, directory);
  const admin = connect(send, ADMIN_TOKEN);
  await addUsers(admin);
  const keys = await signIn(send);
  const user = connect(send, keys.token);
  const root = join(directory, 'systems');
  const job = await addJob({ admin, user, root });
  const names = {
    ...keys,
    job,
    user: USER.username,
    password: USER.password,
    other: OTHER,
    app: 'wc-1.0',
    system: 'local',
    storage: 'store',
  };
  const kept = stack.move();
  return { url: send.url, root, names, admin, user, send, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

interface Send {
  (request: RawRequest): Promise<RawAnswer>;
  readonly url: string;
}

async function startSecurely(stack: AsyncDisposableStack, directory: string): Promise<Send> {
  const { authority, forLoopback } = makeCertificates();
  const files = { ARRAS_TLS_CERT: join(directory, 'cert.pem'), ARRAS_TLS_KEY: join(directory, 'key.pem') };
  await writeFile(files.ARRAS_TLS_CERT, forLoopback.cert);
  await writeFile(files.ARRAS_TLS_KEY, forLoopback.key);
  const database = await createTestDatabase();
  stack.defer(() => database.drop());
  const service = await startService({
    databaseUrl: database.url,
    dataDirectory: join(directory, 'data'),
    // Imports come from the service itself here.
    environment: { ...files, ARRAS_EGRESS_ALLOW: '127.0.0.0/8' },
  });
  stack.use(service);
  const { url } = service;
  return Object.assign((request: RawRequest) => sendRaw(url, request, authority), { url });
}

/** The API for preparations. */
function connect(send: Send, token: string): Api {
  const request = async <Result>(method: string, target: string, body?: unknown): Promise<Answer<Result>> => {
    const authorization = `Bearer ${token}`;
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await send({ method, target, headers: { authorization, ...headers }, ...text });
    return { status: answer.status, headers: new Headers(), body: answer.json };
  };
  const call = async <Result>(method: string, target: string, body?: unknown): Promise<Result> => {
    const answer = await request<Result>(method, target, body);
    assert.ok(answer.status < 300, `${method} ${target}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body.result;
  };
  return { request, call };
}

async function addUsers(admin: Api): Promise<void> {
  for (const [username, password] of [
    [USER.username, USER.password],
    [OTHER, 'another long password'],
  ]) {
    await admin.call('POST', '/profiles/v2', { username, password, email: `${username}@example.org` });
  }
}

/** As `auth init` does: a client, then a pair of tokens. */
async function signIn(send: Send) {
  const client = await send({
    method: 'POST',
    target: '/clients/v2/',
    headers: { authorization: basic(USER.username, USER.password), 'Content-type': 'application/json' },
    body: JSON.stringify({ clientName: '_cli-arras-pat-host', description: 'a test' }),
  });
  const { consumerKey: key, consumerSecret: secret } = client.json.result;
  const grant = await send({
    method: 'POST',
    target: '/token',
    headers: { authorization: basic(key, secret), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'password', ...USER, scope: 'PRODUCTION' }).toString(),
  });
  const { access_token: token, refresh_token: refresh } = grant.json;
  return { key, secret, token, refresh } as Readonly<Record<'key' | 'secret' | 'token' | 'refresh', string>>;
}

/** The header of HTTP Basic. */
export function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

const QUEUES = [{ name: 'normal', default: true, maxNodes: 4, maxProcessorsPerNode: 8 }];

const WORD_COUNT = {
  inputs: [{ id: 'query1', value: { required: true }, details: { label: 'Query' } }],
  parameters: [{ id: 'lines', value: { type: 'number' } }],
  template: 'mkdir -p sub\nwc -w < "${query1}" > sub/counts.txt\necho "counted ${lines}"\necho oops >&2\n',
};

/** Two systems that the user administers, two apps of the user's, and one job that ran to its end. */
async function addJob({ admin, user, root }: Record<'admin' | 'user', Api> & { root: string }) {
  const systems = await registerLocalSystems(admin, root, { queues: QUEUES });
  for (const id of [systems.storage, systems.execution]) {
    await admin.call('PUT', `/systems/v2/${id}`, { action: 'publish' });
    await admin.call('POST', `/systems/v2/${id}/roles`, { username: USER.username, role: 'ADMIN' });
  }
  await user.call('PUT', `/systems/v2/${systems.storage}`, { action: 'setDefault' });
  await mkdir(join(root, 'home', USER.username), { recursive: true });
  await writeFile(join(root, 'home', USER.username, 'words.txt'), WORDS);
  await registerApp(user, systems, { name: 'wc', ...WORD_COUNT });
  await registerApp(user, systems, { name: 'wait', template: 'sleep 300\n' });
  const { id } = await user.call<{ id: string }>('POST', '/jobs/v2', { ...INIT_JOB, name: 'my job!' });
  const ended = await jobEnd(user, id);
  assert.equal(ended.status, 'FINISHED', ended.lastStatusMessage ?? '');
  return id;
}
