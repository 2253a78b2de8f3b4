/** What of a key event decides which shortcut it is. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** Where the focus is. */
  readonly target: 'text' | 'control' | 'page';
}

/**
 * The name of a key as shortcuts write it: `j`, `?`, `Space`, `Enter`, `Escape`; null for what is typed into a field,
 * what a focused button takes itself, and the browser's own combinations.
 */
export function readKey({ key, ctrlKey, metaKey, altKey, target }: KeyPress): string | null {
  if (ctrlKey || metaKey || altKey) return null;
  const name = key === ' ' ? 'Space' : key;
  if (target === 'text' && name !== 'Escape') return null;
  if (target === 'control' && ['Space', 'Enter'].includes(name)) return null;
  return name;
}

/** True for keys that write something: speech input presses them by accident (WCAG 2.1.4). */
export function isCharacter(name: string): boolean {
  return name.length === 1;
}
