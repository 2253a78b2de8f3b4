import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HistoryEntry, JobView } from '../../packages/contract/src/index.ts';
import { eventually } from './eventually.ts';
import { ADMIN_TOKEN } from './service.ts';

/** An answer with its envelope. */
export interface Answer<Result = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly status: string;
    readonly message: string | null;
    readonly version: string;
    readonly result: Result;
    readonly errors?: readonly { readonly field: string; readonly message: string }[];
  };
}

/** Calls the API as one user. */
export interface Api {
  request<Result = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<Result>>;
  /** As `request`, but anything else than 2xx fails the test. */
  call<Result = unknown>(method: string, path: string, body?: unknown): Promise<Result>;
}

/** Talks to a service; `url` is asked at every call, so that a restarted service is found again. */
export function connectApi(url: () => string, token: string = ADMIN_TOKEN): Api {
  const request: Api['request'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${url()}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : JSON.parse(text),
    };
  };
  return {
    request,
    async call<Result>(method: string, path: string, body?: unknown) {
      const answer = await request<Result>(method, path, body);
      assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body.result;
    },
  };
}

/** Directories and ids of a registered pair of local systems. */
export interface LocalSystems {
  /** Root of both systems' storage. */
  readonly root: string;
  readonly storage: string;
  readonly execution: string;
}

const LOCAL_AUTH = { auth: { type: 'LOCAL' } };

/** Registers a storage and an execution system below `root`; `more` goes into the execution system. */
export async function registerLocalSystems(
  api: Api,
  root: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<LocalSystems> {
  await mkdir(join(root, 'home'), { recursive: true });
  const storage = { protocol: 'LOCAL', rootDir: root, homeDir: '/home', ...LOCAL_AUTH };
  await api.call('POST', '/systems/v2', { id: 'store', name: 'Storage', type: 'STORAGE', storage });
  await api.call('POST', '/systems/v2', {
    id: 'local',
    name: 'This host',
    type: 'EXECUTION',
    executionType: 'CLI',
    scheduler: 'FORK',
    scratchDir: '/scratch',
    login: { protocol: 'LOCAL', ...LOCAL_AUTH },
    storage,
    ...more,
  });
  await api.call('PUT', '/systems/v2/store', { action: 'setDefault' });
  return { root, storage: 'store', execution: 'local' };
}

/** Writes an app's wrapper template below the systems' root and registers the app `<name>-1.0`. */
export async function registerApp(
  api: Api,
  systems: LocalSystems,
  app: { readonly name: string; readonly template: string } & Readonly<Record<string, unknown>>,
): Promise<string> {
  const { name, template, ...more } = app;
  const directory = join(systems.root, 'home', 'apps', name);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'wrapper.sh'), template);
  await api.call('POST', '/apps/v2', {
    name,
    version: '1.0',
    parallelism: 'SERIAL',
    executionType: 'CLI',
    executionSystem: systems.execution,
    deploymentSystem: systems.storage,
    deploymentPath: `apps/${name}`,
    templatePath: 'wrapper.sh',
    testPath: 'wrapper.sh',
    ...more,
  });
  return `${name}-1.0`;
}

/** Submits a job that is not archived unless the request says so. */
export function submitJob(
  api: Api,
  appId: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<JobView> {
  return api.call<JobView>('POST', '/jobs/v2', { name: 'test job', appId, archive: false, ...more });
}

const TERMINAL = ['FINISHED', 'FAILED', 'STOPPED', 'KILLED'];

/** Waits for a job's end; a service that is down meanwhile is asked again. */
export function jobEnd(api: Api, id: string, timeoutMs = 30_000): Promise<JobView> {
  const check = async () => {
    const job = await api.call<JobView>('GET', `/jobs/v2/${id}`);
    return TERMINAL.includes(job.status) ? job : assert.fail(`still ${job.status}: ${job.lastStatusMessage}`);
  };
  return eventually(`job ${id} ends`, check, { timeoutMs, intervalMs: 50 });
}

/** Waits until a job has a status. */
export function jobStatus(api: Api, id: string, status: string, timeoutMs = 30_000): Promise<JobView> {
  const check = async () => {
    const job = await api.call<JobView>('GET', `/jobs/v2/${id}`);
    return job.status === status ? job : assert.fail(`still ${job.status}: ${job.lastStatusMessage}`);
  };
  return eventually(`job ${id} is ${status}`, check, { timeoutMs });
}

/** A job's history. */
export function jobHistory(api: Api, id: string): Promise<HistoryEntry[]> {
  return api.call<HistoryEntry[]>('GET', `/jobs/v2/${id}/history?limit=250`);
}
