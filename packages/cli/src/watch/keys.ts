import type { Terminal } from '../terminal.ts';

/** What a key makes a watch do to the selected job, or to itself. */
export type KeyEffect =
  | 'logs'
  | 'history'
  | 'outputs'
  | 'page'
  | 'stop'
  | 'kill'
  | 'resubmit'
  | 'detach'
  | 'next'
  | 'previous';

/**
 * What the keys mean just now: the jobs are watched; the map of the keys is shown; a question about the selected job
 * waits for its answer.
 */
export type KeyMode = 'watching' | 'map' | 'ending' | 'resubmitting';

/** How far the keys are: what they mean just now, and what one of them is doing. */
export interface KeyState {
  readonly mode: KeyMode;
  /** Null when none is at work. */
  readonly busy: string | null;
}

/** A key of a watch, in the order in which the last line names them while there is room. */
interface Key {
  readonly key: string;
  /** Beside the key in the last line. */
  readonly word: string;
  /** In the map. */
  readonly meaning: string;
  readonly does: KeyEffect | KeyMode;
  /** Only where several jobs are watched. */
  readonly ofSeveral?: true;
}

const KEYS: readonly Key[] = [
  { key: 'l', word: 'logs', meaning: 'the last lines of its output', does: 'logs' },
  { key: 'h', word: 'history', meaning: 'what has happened to it', does: 'history' },
  { key: 'o', word: 'outputs', meaning: 'its files', does: 'outputs' },
  { key: 'c', word: 'cancel', meaning: 'stop or kill it, after a question', does: 'ending' },
  {
    key: 'j',
    word: 'next',
    meaning: 'select the next job (also the arrow down)',
    does: 'next',
    ofSeveral: true,
  },
  {
    key: 'k',
    word: 'previous',
    meaning: 'select the one before (arrow up)',
    does: 'previous',
    ofSeveral: true,
  },
  { key: 'w', word: 'web', meaning: 'its page in the browser', does: 'page' },
  { key: 'd', word: 'detach', meaning: 'leave; the jobs go on (also q and Ctrl-C)', does: 'detach' },
  { key: 'r', word: 'resubmit', meaning: 'submit it again, after a question', does: 'resubmitting' },
];

const MODES: readonly string[] = ['watching', 'map', 'ending', 'resubmitting'] satisfies KeyMode[];

/** Other names of keys: arrows as terminals send them (ECMA-48 CUD and CUU, and their application mode). */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['\x1b[B', 'j'],
  ['\x1bOB', 'j'],
  ['\x1b[A', 'k'],
  ['\x1bOA', 'k'],
  ['q', 'd'],
]);

// Samples: \x1b[A  \x1bOB  \x1b[1;5C  \x1b  ä
// oxlint-disable-next-line eslint/no-control-regex
const PRESSED = /\x1b\[[0-?]*[ -/]*[@-~]|\x1bO.|[\s\S]/gu;

/** The keys in what a terminal sent; several where they were pressed faster than they were read. */
export function parseKeys(text: string): readonly string[] {
  return text.match(PRESSED) ?? [];
}

/** What a pressed key leads to. */
export interface Pressed {
  readonly mode: KeyMode;
  readonly effect: KeyEffect | null;
}

/** What a key means in a mode. What ends or makes jobs is done only as the answer to a question. */
export function pressKey(mode: KeyMode, pressed: string): Pressed {
  if (mode === 'ending') return { mode: 'watching', effect: ENDINGS.get(pressed) ?? null };
  if (mode === 'resubmitting') return { mode: 'watching', effect: pressed === 'y' ? 'resubmit' : null };
  if (pressed === '?') return { mode: mode === 'map' ? 'watching' : 'map', effect: null };
  const key = ALIASES.get(pressed) ?? pressed;
  const does = KEYS.find((known) => known.key === key)?.does;
  if (does === undefined) return { mode: 'watching', effect: null };
  return isMode(does) ? { mode: does, effect: null } : { mode: 'watching', effect: does };
}

const ENDINGS: ReadonlyMap<string, KeyEffect> = new Map([
  ['s', 'stop'],
  ['k', 'kill'],
]);

/** Whether a mode waits for the answer to a question. */
export function isQuestion(mode: KeyMode): boolean {
  return mode === 'ending' || mode === 'resubmitting';
}

function isMode(does: KeyEffect | KeyMode): does is KeyMode {
  return MODES.includes(does);
}

/** `l logs  h history … ? keys`: as many keys as there is room for, and always the one that shows all. */
export function renderKeyHints({
  width,
  several,
}: {
  readonly width: number;
  readonly several: boolean;
}): string {
  const all = '? keys';
  let line = '';
  for (const { key, word, ofSeveral } of KEYS) {
    if (ofSeveral === true && !several) continue;
    const next = `${line}${key} ${word}  `;
    if (next.length + all.length > width) break;
    line = next;
  }
  return `${line}${all}`;
}

/** Every key with its meaning, one a line. */
export function renderKeyMap({ several }: { readonly several: boolean }): readonly string[] {
  const shown = KEYS.filter(({ ofSeveral }) => ofSeveral !== true || several);
  return [...shown, { key: '?', meaning: 'this map; any other key closes it' }].map(
    ({ key, meaning }) => `  ${key}  ${meaning}`,
  );
}

/** The question of a mode about a job; null where there is none. */
export function renderQuestion(
  mode: KeyMode,
  name: string,
  { unicode }: Pick<Terminal, 'unicode'>,
): string | null {
  const dash = unicode ? '–' : '-';
  if (mode === 'ending')
    return `Cancel ${name}?  s stop ${dash} let it end   k kill ${dash} at once   any other key: no`;
  if (mode === 'resubmitting') return `Submit ${name} again?  y yes   any other key: no`;
  return null;
}
