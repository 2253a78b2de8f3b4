import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPreferences, themeOf } from './read-preferences.ts';

const DEFAULTS = { theme: 'system', contrast: 'system', timeZone: 'local', shortcuts: 'on' };

test('what was kept comes back, and what makes no sense becomes the default', () => {
  assert.deepEqual(readPreferences(null), DEFAULTS);
  assert.deepEqual(readPreferences('{"theme":"dark","timeZone":7}'), { ...DEFAULTS, theme: 'dark' });
  assert.deepEqual(readPreferences('{"theme'), DEFAULTS);
  assert.deepEqual(readPreferences('null'), DEFAULTS);
});

test('without a choice the system decides, with one it does not', () => {
  const system = { isDark: true, wantsContrast: true };
  assert.deepEqual(themeOf(readPreferences(null), system), { theme: 'dark', contrast: 'high' });
  const chosen = readPreferences('{"theme":"light","contrast":"normal"}');
  assert.deepEqual(themeOf(chosen, system), { theme: 'light', contrast: 'normal' });
});
