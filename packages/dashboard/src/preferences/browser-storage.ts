import { SERVICE_PATH } from '../routing/service-path.ts';

/** The full name of what is kept: services on one host have one storage, and each its own names. */
export function keptName(name: string): string {
  return `arras${SERVICE_PATH}.${name}`;
}

/** What was kept under a name in this browser; null for nothing, also where storage is forbidden. */
export function readKept(name: string): string | null {
  try {
    return localStorage.getItem(keptName(name));
  } catch {
    return null;
  }
}

/** Keeps a text in this browser, as long as it can be. */
export function keep(name: string, text: string): void {
  try {
    localStorage.setItem(keptName(name), text);
  } catch {
    // Private windows and full disks: the choice holds for this tab.
  }
}

/** What was kept under a name in this tab; null for nothing. */
export function readKeptInTab(name: string): string | null {
  try {
    return sessionStorage.getItem(keptName(name));
  } catch {
    return null;
  }
}

/** Keeps a text as long as this tab is open, as far as it can be. */
export function keepInTab(name: string, text: string): void {
  try {
    sessionStorage.setItem(keptName(name), text);
  } catch {
    // As in keep.
  }
}

/** Forgets what was kept under a name in this tab. */
export function forgetInTab(name: string): void {
  try {
    sessionStorage.removeItem(keptName(name));
  } catch {
    // Nothing was kept.
  }
}
