import { cleanText } from '../clean-text.ts';
import type { Session } from '../session.ts';
import type { Environment } from '../terminal.ts';

/** What the desktop around a terminal shows of a watch: the tab's progress, and a notification at its end. */
export interface Desktop {
  /** Something goes on. */
  begin(): void;
  /** It is over; one sentence for a person who looks elsewhere. */
  end(sentence: string): void;
  /** Takes the progress away, whatever came of it. */
  clear(): void;
}

const SILENT: Desktop = { begin: () => undefined, end: () => undefined, clear: () => undefined };

// Progress in the tab (ConEmu's OSC 9;4): state 3 is under way without a known share, 0 takes it away.
const UNDER_WAY = '\x1b]9;4;3;0\x07';
const NO_PROGRESS = '\x1b]9;4;0;0\x07';

/** The desktop of a session; silent where there is no terminal, or one that might print what it does not know. */
export function openDesktop(
  { terminal, env, out }: Session,
  { notify }: { readonly notify: boolean },
): Desktop {
  if (!notify || !terminal.repaint || env.TERM === 'linux') return SILENT;
  const showsProgress = knowsProgress(env);
  return {
    begin: () => showsProgress && out(UNDER_WAY),
    end: (sentence) => out(renderNotification(env, cleanText(sentence))),
    clear: () => showsProgress && out(NO_PROGRESS),
  };
}

/** A notification as the terminal knows it, and where nobody knows, its bell: that marks the window everywhere. */
function renderNotification(env: Environment, sentence: string): string {
  // What begins with a digit would be taken for something else (OSC 9;4 is progress).
  if (knowsOsc9(env)) return `\x1b]9;${sentence.replace(/^(?=\d)/, 'Jobs: ')}\x07`;
  // Semicolons separate title and text; those of the text are its own.
  if (knowsOsc777(env)) return `\x1b]777;notify;Arras;${sentence}\x07`;
  return '\x07';
}

/** iTerm2 began it; ConEmu, and Windows Terminal after it, use the number for progress and notify of nothing. */
function knowsOsc9(env: Environment): boolean {
  const isKitty = env['KITTY_WINDOW_ID'] !== undefined;
  return isKitty || ['iTerm.app', 'ghostty', 'WezTerm'].includes(env['TERM_PROGRAM'] ?? '');
}

/** rxvt-unicode began it; foot and terminals on VTE followed. */
function knowsOsc777(env: Environment): boolean {
  return env['VTE_VERSION'] !== undefined || /^(foot|rxvt-unicode)/.test(env.TERM ?? '');
}

/** Terminals that are known to show progress; some of the others would notify of it. */
function knowsProgress(env: Environment): boolean {
  if (env['WT_SESSION'] !== undefined || env['ConEmuANSI'] === 'ON') return true;
  if (Number(env['VTE_VERSION'] ?? 0) >= 7_900) return true;
  return ['ghostty', 'WezTerm'].includes(env['TERM_PROGRAM'] ?? '');
}
