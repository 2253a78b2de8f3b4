import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type BrowserBed, startBrowserBed } from '../support/browser-bed.ts';

let bed: BrowserBed;
before(async () => {
  bed = await startBrowserBed();
});
after(() => bed[Symbol.asyncDispose]());

/** The browser itself notes refusals, which these tests ask for. */
const REFUSED = [/status of 40[034]/];

/** Of nobody: the host of this test does not answer at all. */
const HOST_KEY = `ssh-ed25519 ${Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0 ' + 'x'.repeat(32)).toString('base64')}`;

const NARROW = { width: 360, height: 740 };

/** Whatever a wait waits for comes within some seconds, or never. */
const PATIENCE_MS = 15_000;

async function expectNoOverflow(page: Page): Promise<void> {
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  assert.equal(await page.evaluate(overflow), 0);
}

test('systems say how they are, and which jobs are on them as they come', async () => {
  await using tab = await bed.open({ at: '/ui/systems' });
  const { page } = tab;
  page.setDefaultTimeout(PATIENCE_MS);
  const card = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('link', { name: 'local', exact: true }) });
  await card.getByText('0 not ended').waitFor();
  const id = await bed.submit('wait-1.0');
  await card.getByText('1 not ended').waitFor();
  await tab.expectNoViolations();
  await tab.shoot('systems');
  await card.getByText('1 running').click();
  await page.waitForURL(/\/ui\/jobs\?q=system/);
  await page.getByText('test job').first().waitFor();
  await bed.api.call('POST', `/jobs/v2/${id}`, { action: 'stop' });
});

test('a system is checked step by step, and disabled and enabled by the keyboard', async () => {
  await using tab = await bed.open({ at: '/ui/systems/local', theme: 'dark', viewport: NARROW });
  const { page } = tab;
  page.setDefaultTimeout(PATIENCE_MS);
  await page.getByRole('button', { name: 'Check now' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Every step that is needed here went well').waitFor();
  await page.getByRole('region', { name: 'Roles' }).getByText('OWNER').waitFor();
  await page.getByRole('region', { name: 'History' }).getByText('CREATED').waitFor();
  await expectNoOverflow(page);
  await tab.expectNoViolations();
  await tab.shoot('system');
  await page.getByRole('button', { name: 'Disable…' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Disable the system?' }).waitFor();
  await tab.expectNoViolations();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('It takes no new jobs until it is enabled.').waitFor();
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByText('It answers and takes jobs.').waitFor();
});

test('a system that does not answer fails its check with what to do, and one that is not there says so', async () => {
  await bed.api.call('POST', '/systems/v2', {
    id: 'faraway',
    name: 'Far away <b>',
    type: 'STORAGE',
    storage: {
      host: '127.0.0.1',
      port: 9,
      protocol: 'SFTP',
      hostKeys: [HOST_KEY],
      rootDir: '/',
      homeDir: '/',
      auth: { type: 'PASSWORD', username: 'nobody', password: 'secret' },
    },
  });
  await using tab = await bed.open({ at: '/ui/systems/faraway', expected: REFUSED });
  const { page } = tab;
  page.setDefaultTimeout(PATIENCE_MS);
  await page.getByRole('button', { name: 'Check now' }).click();
  await page.getByText('What to do:').first().waitFor();
  await page.getByText('SFTP 127.0.0.1:9').waitFor();
  await tab.expectNoViolations();
  await tab.shoot('system-down');
  await page.goto('/ui/systems/nowhere');
  await page.getByRole('alert').first().waitFor();
});
