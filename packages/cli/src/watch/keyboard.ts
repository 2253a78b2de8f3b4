import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { parseKeys } from './keys.ts';

/** What is told about a keyboard. */
export interface KeyboardListener {
  /** Keys that came together: faster than anybody could see what the first of them did. */
  keys(pressed: readonly string[]): void;
  /** The process is about to be stopped, as by Ctrl-Z: the screen belongs to others. */
  suspend(): void;
  /** It goes on. */
  resume(): void;
}

/** Keys that the terminal itself would have turned into signals. */
const SIGNAL_KEYS: Readonly<Record<string, NodeJS.Signals>> = {
  '\x03': 'SIGINT',
  '\x1a': 'SIGTSTP',
  '\x1c': 'SIGQUIT',
};

/**
 * The keys of the terminal, one by one and unseen. States: raw, in which keys come here; and cooked, in which the
 * terminal is as it was found: before, after, and while the process is stopped or in the background. At every other end
 * of the process, also by an exception or SIGTERM, the runtime makes the terminal what it was.
 */
export class Keyboard {
  readonly #listener: KeyboardListener;
  readonly #onData = (text: string) => this.#read(text);
  readonly #onStop = () => this.#suspend();
  readonly #onContinue = () => this.#resume();
  #isRaw = false;

  constructor(listener: KeyboardListener) {
    this.#listener = listener;
    process.on('SIGTSTP', this.#onStop);
    process.on('SIGCONT', this.#onContinue);
    this.#listen();
  }

  close(): void {
    process.off('SIGTSTP', this.#onStop);
    process.off('SIGCONT', this.#onContinue);
    this.#unlisten();
  }

  #listen(): void {
    // Whoever asks for keys in the background is stopped by the terminal.
    if (this.#isRaw || !isInForeground()) return;
    this.#isRaw = true;
    process.stdin.setRawMode(true).setEncoding('utf8').on('data', this.#onData).resume();
  }

  #unlisten(): void {
    if (!this.#isRaw) return;
    this.#isRaw = false;
    process.stdin.off('data', this.#onData).pause().setRawMode(false);
  }

  #read(text: string): void {
    const all = parseKeys(text);
    this.#listener.keys(all.filter((pressed) => SIGNAL_KEYS[pressed] === undefined));
    for (const pressed of all) {
      const signal = SIGNAL_KEYS[pressed];
      if (signal !== undefined) this.#pass(signal);
    }
  }

  /** To everybody whom the terminal would have sent it to, such as a script around this program. */
  #pass(signal: NodeJS.Signals): void {
    if (signal === 'SIGQUIT') this.#unlisten(); // It ends the process before the runtime can do this.
    if (process.platform === 'win32') process.emit(signal);
    else process.kill(0, signal);
  }

  /**
   * As the signal does by itself, and not by SIGSTOP: where no shell could let the process go on, as in `docker run` and
   * `ssh HOST COMMAND`, it stops nothing, and the watch goes on.
   */
  #suspend(): void {
    this.#listener.suspend();
    this.#unlisten();
    process.off('SIGTSTP', this.#onStop);
    process.kill(process.pid, 'SIGTSTP');
    process.on('SIGTSTP', this.#onStop);
    this.#resume();
  }

  #resume(): void {
    this.#listen();
    this.#listener.resume();
  }
}

/** True where keys can be had: a terminal to read from, and this process is the one it listens to. */
export function hasKeyboard(): boolean {
  return isatty(0) && isInForeground();
}

function isInForeground(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readsTerminal(readFileSync('/proc/self/stat', 'utf8'));
  } catch {
    return true; // Without /proc the shell's word is taken for it: it gave us a terminal to read from.
  }
}

/**
 * Whether the process of a line of Linux's /proc/PID/stat is in the foreground of its terminal (proc_pid_stat(5): the fifth
 * field is its group, the eighth the one in the foreground). The name in the second may hold anything, also `) `.
 */
// Sample: 4711 (node) R 4700 4711 4700 34816 4711 4194304 …
export function readsTerminal(stat: string): boolean {
  const [, , , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 1).split(' ');
  return group === foreground;
}
