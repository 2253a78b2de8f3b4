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
    // A notification (iTerm2's OSC 9); what begins with a digit would be taken for something else.
    end: (sentence) => out(`\x1b]9;${cleanText(sentence).replace(/^(?=\d)/, 'Jobs: ')}\x07`),
    clear: () => showsProgress && out(NO_PROGRESS),
  };
}

/** Terminals that are known to show progress; some of the others would notify of it. */
function knowsProgress(env: Environment): boolean {
  if (env['WT_SESSION'] !== undefined || env['ConEmuANSI'] === 'ON') return true;
  if (Number(env['VTE_VERSION'] ?? 0) >= 7_900) return true;
  return ['ghostty', 'WezTerm'].includes(env['TERM_PROGRAM'] ?? '');
}
