import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pause } from '@arras/client';
import { EXIT } from '../exit-codes.ts';
import { Refusal } from '../refusal.ts';
import { findServerMain } from '../server-main.ts';
import type { Environment } from '../terminal.ts';
import type { DemoPlace } from './demo-place.ts';

/** A service that belongs to the demonstration. */
export interface DemoService {
  readonly url: string;
  readonly token: string;
  /** SIGTERM, then the end of the process. */
  stop(): Promise<void>;
  /** Lets it live on without this process. */
  release(): number;
}

// A machine under load takes seconds to initialise the database; longer means that something is wrong.
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 30_000;
const POLL_MS = 50;

/** Starts a service with an embedded database on a free port of this machine and waits until it listens. */
export async function startDemoService(
  place: DemoPlace,
  {
    env,
    smtpUrl,
    signal,
  }: { readonly env: Environment; readonly smtpUrl: string; readonly signal: AbortSignal },
): Promise<DemoService> {
  const token = randomBytes(24).toString('hex');
  await mkdir(place.data, { recursive: true, mode: 0o700 });
  const [out, log] = [join(place.root, 'service.out'), join(place.root, 'service.log')];
  const child = await launch({
    out,
    log,
    env: { ...demoEnvironment(env, place, token), ARRAS_SMTP_URL: smtpUrl },
  });
  const stop = () => stopChild(child);
  try {
    const url = await waitForUrl(child, { out, log, signal });
    return { url, token, stop, release: () => release(child) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The service's settings come from here alone: those of another service must not leak in. */
function demoEnvironment(
  env: Environment,
  place: DemoPlace,
  token: string,
): Record<string, string | undefined> {
  const others = Object.entries(env).filter(
    ([name]) => !name.startsWith('ARRAS_') && name !== 'DATABASE_URL',
  );
  return {
    ...Object.fromEntries(others),
    ARRAS_DATA_DIR: place.data,
    ARRAS_HOST: '127.0.0.1',
    ARRAS_PORT: '0',
    // The receiver of its webhooks is this process.
    ARRAS_EGRESS_ALLOW: '127.0.0.0/8',
    ARRAS_ADMIN_TOKEN: token,
  };
}

interface Launch {
  readonly out: string;
  readonly log: string;
  readonly env: Record<string, string | undefined>;
}

/** Output goes to files, not pipes: a service that lives on must not lose its reader. */
async function launch({ out, log, env }: Launch): Promise<ChildProcess> {
  const files = [await open(out, 'w'), await open(log, 'w')] as const;
  try {
    return spawn(process.execPath, [findServerMain()], {
      env,
      // In a process group of its own: Ctrl-C must reach it once, through us; a second signal means "at once".
      detached: true,
      stdio: ['ignore', files[0].fd, files[1].fd],
    });
  } finally {
    for (const file of files) await file.close();
  }
}

async function waitForUrl(
  child: ChildProcess,
  { out, log, signal }: { out: string; log: string; signal: AbortSignal },
): Promise<string> {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline) {
    const url = /^listening on (\S+)$/m.exec(await readFile(out, 'utf8'))?.[1];
    if (url !== undefined) return url;
    if (hasExited(child)) throw notStarted(`It ended with code ${child.exitCode}: ${await lastLine(log)}`);
    await pause(POLL_MS, signal);
  }
  throw notStarted(`It did not listen within ${START_DEADLINE_MS / 1_000} s: ${await lastLine(log)}`);
}

async function lastLine(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).trim().split('\n').at(-1) ?? '';
}

function notStarted(why: string): Refusal {
  return new Refusal({
    what: 'The service of the demo did not start.',
    why,
    todo: 'Run the service by itself ("arras serve") to see all that it says.',
    exitCode: EXIT.error,
  });
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stopChild(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  const deadline = Date.now() + STOP_DEADLINE_MS;
  while (!hasExited(child) && Date.now() < deadline) await pause(POLL_MS);
  if (!hasExited(child)) child.kill('SIGKILL');
}

function release(child: ChildProcess): number {
  child.unref();
  return child.pid ?? 0;
}
