import { spawn } from 'node:child_process';
import type { Session } from './session.ts';

/** What shows an address in the browser of the desktop. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [program: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

/**
 * Shows a page in the browser where there is a desktop, and prints its address: over SSH, and where the browser is
 * somewhere else, that is what can be copied.
 */
export async function openPage(session: Session, address: string): Promise<void> {
  session.out(`${address}\n`);
  await showInBrowser(session, address);
}

/** Whether there is a desktop on which a browser can be shown to whoever sits at the terminal. */
export function hasDesktop({ terminal, env }: Pick<Session, 'terminal' | 'env'>): boolean {
  if (!terminal.isTty) return false;
  return process.platform !== 'linux' || env.DISPLAY !== undefined || env.WAYLAND_DISPLAY !== undefined;
}

/** Whether an address is that of a page: a desktop would also open files and start programs, and services name addresses. */
export function isPage(address: string): boolean {
  return /^https?:\/\/[^\s"]+$/i.test(address);
}

/** Shows a page in the browser where there is a desktop; elsewhere nothing happens. */
export async function showInBrowser(
  session: Pick<Session, 'terminal' | 'env'>,
  address: string,
): Promise<void> {
  if (!hasDesktop(session) || !isPage(address)) return;
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  await new Promise<void>((resolve) => {
    const child = spawn(program, [...args, address], { detached: true, stdio: 'ignore' });
    child.once('spawn', resolve);
    child.once('error', () => resolve()); // The address is printed already.
    child.unref();
  });
}
