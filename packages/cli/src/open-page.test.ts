import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPage } from './open-page.ts';

test('only pages are given to the desktop, which would also open files and start programs', () => {
  for (const address of [
    'https://jobs.example.org/ui/device?code=WDJB-MJHT',
    'http://127.0.0.1:8383/ui/jobs',
  ])
    assert.ok(isPage(address), address);
  for (const address of [
    'file:///home/ada/x.desktop',
    String.raw`\\evil.example\x.exe`,
    '--help',
    'https://a.example/ b',
    'javascript:alert(1)',
    '',
  ])
    assert.ok(!isPage(address), address);
});
