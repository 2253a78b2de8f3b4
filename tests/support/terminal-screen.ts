import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';
import { ADMIN_TOKEN } from './service.ts';
import { compiledSources } from './test-workspace.ts';

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts');

/** What a person sees when a command has ended. */
export interface Screen {
  readonly code: number;
  /** The lines of the screen with their colours, without what is blank at their ends. */
  readonly text: string;
}

/** How the terminal and the command are set up. */
export interface ScreenOptions {
  readonly url: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: 80. */
  readonly columns?: number;
  /** Default: 24. */
  readonly rows?: number;
}

/** A command that runs in a terminal. */
export interface OpenScreen extends AsyncDisposable {
  /** What is on the screen now, with what scrolled off it. */
  read(): Promise<string>;
  /** Types text as it is. */
  type(text: string): Promise<void>;
  /** Presses a key, by tmux's name of it, such as C-c. */
  press(key: string): Promise<void>;
  readonly finished: () => Promise<Screen>;
}

/** Starts the command line in a terminal of its own: tmux draws as terminals do. */
export function openScreen(args: readonly string[], options: ScreenOptions): Promise<OpenScreen> {
  return openTerminal(renderCommand(args, options), options);
}

/** A shell with job control in a terminal of its own, for which `arras` is the command line. Its prompt is `ready> `. */
export function openShell(options: ScreenOptions): Promise<OpenScreen> {
  const define = `arras() { ${[process.execPath, MAIN].map(quote).join(' ')} "$@"; }; PS1="ready> "`;
  const shell = ['bash', '--noprofile', '--rcfile', '/dev/fd/3', '-i'].join(' ');
  return openTerminal(`${renderEnvironment(options)} ${shell} 3<<'END'\n${define}\nEND\n`, options);
}

async function openTerminal(command: string, options: ScreenOptions): Promise<OpenScreen> {
  const directory = await mkdtemp(join(tmpdir(), 'arras-screen-'));
  const tmux = async (...words: readonly string[]): Promise<string> =>
    (await run('tmux', ['-S', join(directory, 'tmux'), '-f', '/dev/null', ...words])).stdout;
  const size = ['-x', String(options.columns ?? 80), '-y', String(options.rows ?? 24)];
  await tmux('new-session', '-d', ...size, command);
  // What scrolled off the screen counts too.
  const capture = () => tmux('capture-pane', '-p', '-e', '-S', '-');
  return {
    read: async () => tidy(await capture()),
    type: async (text) => void (await tmux('send-keys', '-l', text)),
    press: async (key) => void (await tmux('send-keys', key)),
    finished: async () => {
      const read = async () => END.exec(await capture());
      const [, text = '', code] =
        (await eventually('the command has ended', read, { timeoutMs: 30_000 })) ?? [];
      return { code: Number(code), text: tidy(text) };
    },
    [Symbol.asyncDispose]: async () => {
      await tmux('kill-server');
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Runs the command line in a terminal and reads its screen at the end. */
export async function showOnScreen(args: readonly string[], options: ScreenOptions): Promise<Screen> {
  await using screen = await openScreen(args, options);
  // Awaited here: the terminal is closed when this returns.
  return await screen.finished();
}

/** The line that the shell prints behind the command; tmux itself can miss the end of a process. */
const END = /^([\s\S]*)\nended with (\d+)$/m;

function renderCommand(args: readonly string[], options: ScreenOptions): string {
  const command = `${renderEnvironment(options)} ${[process.execPath, MAIN, ...args].map(quote).join(' ')}`;
  // The terminal has to stay until its screen is read, also after a Ctrl-C.
  return `trap : INT; ${command}; printf '\\nended with %s\\n' $?; exec cat`;
}

function renderEnvironment({ url, environment = {} }: ScreenOptions): string {
  const variables = {
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    ...compiledSources(),
    ARRAS_DATA_DIR: '/nonexistent',
    LANG: 'C.UTF-8',
    TERM: 'screen',
    ARRAS_URL: url,
    ARRAS_TOKEN: ADMIN_TOKEN,
    ...environment,
  };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return ['env', '-i', ...assignments.map(quote)].join(' ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function tidy(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  // Versions of tmux differ in how they end a style.
  return lines.join('\n').trimEnd().concat('\n').replaceAll('\x1b[0m\x1b[39m\x1b[49m', '\x1b[0m');
}
