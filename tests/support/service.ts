import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compiledSources } from './test-workspace.ts';

const MAIN = join(import.meta.dirname, '../../packages/server/src/main.ts');
const READY_MS = 60_000;

/** The administrator's token of services under test. */
export const ADMIN_TOKEN = `test-${randomBytes(24).toString('hex')}`;

/** How a service under test is started. */
export interface ServiceOptions {
  /** A database made by `createTestDatabase`; without it the service starts its own in the data directory. */
  readonly databaseUrl?: string;
  /** Default: a temporary directory that is removed with the service. */
  readonly dataDirectory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** A program and its arguments to run the service under, such as strace. */
  readonly under?: readonly string[];
}

/** A service process under test. */
export interface TestService extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readonly dataDirectory: string;
  /** What it has written to stderr so far. */
  readonly log: () => string;
  /** Ends it with SIGTERM and returns its exit code. */
  stop(): Promise<number | null>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<void>;
}

/** Starts the service as its own process, as a user would, on a free loopback port. */
export async function startService(options: ServiceOptions = {}): Promise<TestService> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'arras-service-')));
  const command = [...(options.under ?? []), process.execPath, MAIN];
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Not our environment: a variable of the machine must not decide a test.
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '/',
      ...compiledSources(),
      ARRAS_DATA_DIR: dataDirectory,
      ARRAS_PORT: '0',
      ARRAS_ADMIN_TOKEN: ADMIN_TOKEN,
      ARRAS_LOG_LEVEL: 'info',
      ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
      ...options.environment,
    },
  });
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const ended = once(child, 'exit').then(() => undefined);
  const url = await listeningUrl(child, errors);
  return describe(child, {
    url,
    dataDirectory,
    errors,
    ended,
    ownsDirectory: options.dataDirectory === undefined,
  });
}

async function listeningUrl(child: ChildProcess, errors: readonly string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error('the service is not ready')), READY_MS);
  child.once('exit', (code) =>
    reject(new Error(`the service ended with ${code}: ${errors.join('').slice(-2000)}`)),
  );
  if (!child.stdout) throw new Error('expected a pipe');
  createInterface({ input: child.stdout }).on('line', (line) => {
    const url = /^listening on (\S+)$/.exec(line)?.[1];
    if (url !== undefined) resolve(url);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

function describe(
  child: ChildProcess,
  facts: {
    readonly url: string;
    readonly dataDirectory: string;
    readonly errors: readonly string[];
    readonly ended: Promise<void>;
    readonly ownsDirectory: boolean;
  },
): TestService {
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await facts.ended;
  };
  return {
    url: facts.url,
    pid: child.pid ?? 0,
    dataDirectory: facts.dataDirectory,
    log: () => facts.errors.join(''),
    ended: facts.ended,
    stop: async () => {
      await end('SIGTERM');
      return child.exitCode;
    },
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: async () => {
      await end('SIGTERM');
      if (facts.ownsDirectory) await rm(facts.dataDirectory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
