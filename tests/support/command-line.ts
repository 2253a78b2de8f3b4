import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ADMIN_TOKEN } from './service.ts';
import { compiledSources } from './test-workspace.ts';

const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts');

/** How one command ended. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  stdout(): string;
  readonly finished: Promise<Finished>;
}

/** How a command is started; nothing of the machine's own settings reaches it. */
export interface CommandOptions {
  /** Default: none, so that only the environment given here counts. */
  readonly url?: string;
  /** Default: the administrator's of services under test. */
  readonly token?: string;
  readonly input?: string;
  /** The standard output is no text: each character stands for a byte. */
  readonly binary?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts the command line as a user does, with its output in pipes. */
export function startCommand(args: readonly string[], options: CommandOptions = {}): Running {
  const { url, token = ADMIN_TOKEN, input = '', binary = false, environment } = options;
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      ...compiledSources(),
      ARRAS_DATA_DIR: '/nonexistent',
      ...(url === undefined ? {} : { ARRAS_URL: url, ARRAS_TOKEN: token }),
      ...environment,
    },
  });
  child.stdin.on('error', () => undefined).end(input); // A command that does not read may be gone already.
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding(binary ? 'latin1' : 'utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, stdout: () => stdout, finished };
}

/** Runs the command line to its end. */
export function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  return startCommand(args, options).finished;
}
