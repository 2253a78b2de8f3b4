import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';
import { ADMIN_TOKEN } from './service.ts';

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

/** Runs the command line in a terminal of its own and reads its screen at the end: tmux draws as terminals do. */
export async function showOnScreen(args: readonly string[], options: ScreenOptions): Promise<Screen> {
  const directory = await mkdtemp(join(tmpdir(), 'arras-screen-'));
  const tmux = async (...words: readonly string[]): Promise<string> =>
    (await run('tmux', ['-S', join(directory, 'tmux'), '-f', '/dev/null', ...words])).stdout;
  try {
    const size = ['-x', String(options.columns ?? 80), '-y', String(options.rows ?? 24)];
    const keep = [';', 'set-option', 'remain-on-exit', 'on', ';', 'set-option', 'status', 'off'];
    await tmux('new-session', '-d', ...size, renderCommand(args, options), ...keep);
    const ended = async () => /^1 (\d+)$/.exec((await tmux('list-panes', '-F', STATE)).trim());
    const code = Number((await eventually('the command has ended', ended))?.[1]);
    const text = await tmux('capture-pane', '-p', '-e');
    return { code, text: tidy(text) };
  } finally {
    await tmux('kill-server');
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

const STATE = '#{pane_dead} #{pane_dead_status}';

function renderCommand(args: readonly string[], { url, environment = {} }: ScreenOptions): string {
  const variables = {
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    NODE_DISABLE_COMPILE_CACHE: '1',
    ARRAS_DATA_DIR: '/nonexistent',
    LANG: 'C.UTF-8',
    TERM: 'screen',
    ARRAS_URL: url,
    ARRAS_TOKEN: ADMIN_TOKEN,
    ...environment,
  };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return ['exec', 'env', '-i', ...[...assignments, process.execPath, MAIN, ...args].map(quote)].join(' ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Without the line in which tmux says that the command has ended. */
function tidy(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines
    .filter((line) => !line.includes('Pane is dead'))
    .join('\n')
    .trimEnd()
    .concat('\n');
}
