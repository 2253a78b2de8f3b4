import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@arras/client';
import { isRecord } from '@arras/contract';
import { type Connection, findConnection, thisHost } from '../connection.ts';
import type { Environment } from '../terminal.ts';
import type { Candidate, LiveKind, TypedFlags } from './complete.ts';

/** A key press must feel immediate: what the service has not said by then, counted from the start, is left out. */
const BUDGET_MS = 300;
/** Where starting took long the service still gets so much. */
const LEAST_MS = 150;
/** Repeated key presses ask once. */
const CACHE_MS = 5_000;
/** More than a screen shows is of no use. */
const MOST = 100;

/** The ids that the service has of a kind, newest first, from a cache that holds for seconds. */
export function listLiveValues(
  env: Environment,
  kind: LiveKind,
  flags: TypedFlags,
): Promise<readonly Candidate[]> {
  return askCached(env, flags, { topic: kind, ask: ASK[kind] });
}

/** What is asked of the service for completion. */
export interface Question {
  /** What the answer is about: the name of it in the cache. */
  readonly topic: string;
  readonly ask: (client: Client, signal: AbortSignal) => Promise<readonly Candidate[]>;
}

/** Asks the service, in the time that a key press has; what it said a moment ago is not asked again. */
export async function askCached(
  env: Environment,
  flags: TypedFlags,
  { topic, ask }: Question,
): Promise<readonly Candidate[]> {
  const connection = findConnection(flags, thisHost(env));
  const path = cachePath(env, connection, topic);
  const cached = await readCache(path);
  if (cached !== null) return cached;
  const client = createClient({ ...connection, retry: { tries: 1, firstDelayMs: 0, longestDelayMs: 0 } });
  const signal = AbortSignal.timeout(Math.max(LEAST_MS, BUDGET_MS - performance.now()));
  const values = await ask(client, signal);
  await writeCache(path, values);
  return values;
}

const ASK: Readonly<
  Record<LiveKind, (client: Client, signal: AbortSignal) => Promise<readonly Candidate[]>>
> = {
  job: async ({ call }, signal) => {
    const jobs = await call('listJobs', { query: { limit: MOST }, signal });
    return [
      ...jobs.map(({ id, name, status }) => ({ value: id, description: `${name}  ${status}` })),
      { value: 'last', description: 'the job submitted last' },
    ];
  },
  system: async ({ call }, signal) => {
    const systems = await call('listSystems', { query: { limit: MOST }, signal });
    return systems.map(({ id, name, type }) => ({ value: id, description: `${name}  ${type}` }));
  },
  app: async ({ call }, signal) => {
    const apps = await call('listApps', { query: { limit: MOST }, signal });
    return apps.map(({ id, label, executionSystem }) => ({
      value: id,
      description: `${label ?? ''}  on ${executionSystem}`.trim(),
    }));
  },
  subscription: async ({ call }, signal) => {
    const found = await call('listNotifications', { query: { limit: MOST }, signal });
    return found.map(({ id, event, url }) => ({ value: id, description: `${event}  ${url}` }));
  },
  filter: async ({ call }, signal) => {
    const filters = await call('listSavedFilters', { query: { limit: MOST }, signal });
    return filters.map(({ name, filter }) => ({ value: name, description: filter }));
  },
};

/** One file for each service, user and topic; the name tells nothing about the token. */
function cachePath(env: Environment, { url, token }: Connection, topic: string): string {
  const key = createHash('sha256').update(`${url}\0${token}\0${topic}`).digest('hex').slice(0, 32);
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'arras', `completion-${key}.json`);
}

async function readCache(path: string): Promise<readonly Candidate[] | null> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > CACHE_MS) return null;
    const values: unknown = JSON.parse(await readFile(path, 'utf8'));
    return Array.isArray(values) ? values.filter(isCandidate) : null;
  } catch {
    return null; // No cache, or a broken one: the service is asked.
  }
}

function isCandidate(value: unknown): value is Candidate {
  return isRecord(value) && typeof value.value === 'string' && typeof value.description === 'string';
}

/** Names of jobs are nobody else's business. Written beside its place: two shells may ask at once. */
async function writeCache(path: string, values: readonly Candidate[]): Promise<void> {
  try {
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
    const part = `${path}.${process.pid}`;
    await writeFile(part, JSON.stringify(values), { mode: 0o600 });
    await rename(part, path);
  } catch {
    // Without a place for a cache every key press asks.
  }
}
