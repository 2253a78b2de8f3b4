import { useLayoutEffect, useRef } from 'preact/hooks';
import { preferences } from '../preferences/preferences.ts';
import { isCharacter, readKey } from './read-key.ts';
import { type BoundShortcut, ShortcutRegistry, type Shortcuts } from './shortcut-registry.ts';

const registry = new ShortcutRegistry();

/**
 * Lets keys do something as long as the component is there: `{ j: { label: 'Next job', run } }`, `{ 'g j': … }`. The
 * functions of the last rendering are called; the set of keys is that of the first.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const keys = Object.keys(shortcuts).join('\n');
  // Not after the next frame: whoever sees the page may press its keys.
  useLayoutEffect(() => {
    const entries = Object.entries(latest.current).map(([key, { label }]) => [
      key,
      { label, run: () => latest.current[key]?.run() },
    ]);
    return registry.add(Object.fromEntries(entries));
  }, [keys]);
}

/** All that can be pressed now: for the map and the palette. */
export function listShortcuts(): readonly BoundShortcut[] {
  return registry.list();
}

/** Begins to hear keys. */
export function followKeys(): void {
  document.addEventListener('keydown', (event) => {
    const name = event.defaultPrevented ? null : readKey({ ...pick(event), target: kindOf(event.target) });
    if (name === null || (preferences.value.shortcuts === 'off' && isCharacter(name))) return;
    // A dialog has the keyboard for itself.
    if (document.querySelector('dialog[open]') !== null) return;
    const shortcut = registry.press(name, event.timeStamp);
    if (shortcut === null) return;
    event.preventDefault();
    shortcut.run();
  });
}

function pick({ key, ctrlKey, metaKey, altKey }: KeyboardEvent) {
  return { key, ctrlKey, metaKey, altKey };
}

const NO_TEXT = ['checkbox', 'radio', 'button', 'submit', 'range'];

function kindOf(target: EventTarget | null): 'text' | 'control' | 'page' {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target instanceof HTMLInputElement) return NO_TEXT.includes(target.type) ? 'control' : 'text';
  if (target.isContentEditable || target.matches('textarea, select')) return 'text';
  return target.closest('button, a[href], summary, [role=tab], [role=menuitem]') === null
    ? 'page'
    : 'control';
}
