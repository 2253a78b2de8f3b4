import { effect, signal } from '@preact/signals';
import { keep, keptName, readKept } from './browser-storage.ts';
import { type Preferences, readPreferences, themeOf } from './read-preferences.ts';

const NAME = 'preferences';

/** What somebody has chosen in this browser; all tabs share it. */
export const preferences = signal<Preferences>(readPreferences(readKept(NAME)));

/** Changes some of them. */
export function prefer(changes: Partial<Preferences>): void {
  preferences.value = { ...preferences.value, ...changes };
  keep(NAME, JSON.stringify(preferences.value));
}

/** Puts the theme onto the root element, now and whenever a preference or the system's changes. */
export function followPreferences(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const contrast = matchMedia('(prefers-contrast: more)');
  const show = () => {
    const shown = themeOf(preferences.value, { isDark: dark.matches, wantsContrast: contrast.matches });
    Object.assign(document.documentElement.dataset, shown);
  };
  effect(show);
  for (const query of [dark, contrast]) query.addEventListener('change', show);
  addEventListener('storage', ({ key, newValue }) => {
    if (key === keptName(NAME)) preferences.value = readPreferences(newValue);
  });
}
