/** What was kept under a name in this browser; null for nothing, also where storage is forbidden. */
export function readKept(name: string): string | null {
  try {
    return localStorage.getItem(`arras.${name}`);
  } catch {
    return null;
  }
}

/** Keeps a text in this browser, as long as it can be. */
export function keep(name: string, text: string): void {
  try {
    localStorage.setItem(`arras.${name}`, text);
  } catch {
    // Private windows and full disks: the choice holds for this tab.
  }
}
