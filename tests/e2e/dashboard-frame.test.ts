import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type BrowserBed, startBrowserBed } from '../support/browser-bed.ts';
import { eventually } from '../support/eventually.ts';
import { ADMIN_TOKEN } from '../support/service.ts';

let bed: BrowserBed;
before(async () => {
  bed = await startBrowserBed();
});
after(() => bed[Symbol.asyncDispose]());

/** The browser itself notes answers with an error, which these tests ask for. */
const SIGNED_OUT = [/status of 401/];

const pill = (page: Page) => page.locator('.live-pill');
const theme = (page: Page) => page.evaluate<string>('document.documentElement.dataset.theme');

test('somebody signs in with a token, sees that the page is live, and signs out in every tab', async () => {
  await using tab = await bed.open({ token: null, expected: SIGNED_OUT });
  const { page } = tab;
  await page.getByLabel('User name').waitFor();
  await tab.expectNoViolations();
  await tab.shoot('sign-in');
  await page.getByRole('button', { name: 'Use a token instead' }).click();
  await page.getByRole('textbox', { name: 'Token' }).fill(ADMIN_TOKEN);
  await page.keyboard.press('Enter');
  await pill(page).getByText('live').waitFor();
  const other = await tab.openTab('/ui/nowhere');
  await pill(other).getByText('live').waitFor();
  await page.getByRole('button', { name: 'admin, administrator' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  for (const each of [page, other]) await each.getByLabel('User name').waitFor();
});

test('a wrong password is said, and the form stays', async () => {
  await using tab = await bed.open({ token: null, expected: SIGNED_OUT, theme: 'dark' });
  const { page } = tab;
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByLabel('User name').inputValue(), 'admin');
  await tab.expectNoViolations();
  await tab.shoot('sign-in-refused');
});

test('the keyboard shows its map, finds commands and goes places', async () => {
  await using tab = await bed.open({ at: '/ui/nowhere' });
  const { page } = tab;
  await page.getByText('There is no such page.').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).getByText('Go to Systems').waitFor();
  await tab.expectNoViolations();
  await tab.shoot('keyboard');
  await page.keyboard.press('Escape');
  await page.keyboard.press('.');
  await page.keyboard.type('go to jobs');
  await tab.expectNoViolations();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/ui/jobs');
  // Two keys are one command only if they come soon after each other, which a busy machine may not manage.
  await eventually('the systems are shown', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    return page.url().endsWith('/ui/systems');
  });
});

test('the theme is the system’s until somebody chooses another, which every tab then has', async () => {
  await using tab = await bed.open({ at: '/ui/nowhere', theme: 'dark' });
  const { page } = tab;
  const other = await tab.openTab('/ui/nowhere');
  assert.equal(await theme(page), 'dark');
  await page.getByRole('button', { name: 'admin, administrator' }).click();
  await page.getByRole('menuitem', { name: 'Preferences' }).click();
  await tab.expectNoViolations();
  await tab.shoot('preferences');
  await page.getByRole('radio', { name: 'Light' }).check();
  await page.getByRole('radio', { name: 'High' }).check();
  for (const each of [page, other])
    await eventually('the tab is light', async () => (await theme(each)) === 'light');
  await tab.expectNoViolations();
  await page.reload();
  assert.equal(await theme(page), 'light');
});

test('single keys do nothing for those who have switched them off', async () => {
  await using tab = await bed.open({ at: '/ui/nowhere' });
  const { page } = tab;
  await page.evaluate(`localStorage.setItem('arras.preferences', '{"shortcuts":"off"}')`);
  await page.reload();
  await page.getByText('There is no such page.').waitFor();
  await page.keyboard.press('?');
  await page.keyboard.press('g');
  await page.keyboard.press('j');
  await page.getByRole('button', { name: 'admin, administrator' }).click();
  await page.getByRole('menuitem', { name: 'Keyboard' }).click();
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  assert.match(page.url(), /nowhere$/);
});

test('a narrow screen shows everything without scrolling sideways', async () => {
  await using tab = await bed.open({ at: '/ui/nowhere', viewport: { width: 360, height: 640 } });
  const { page } = tab;
  await pill(page).getByText('live').waitFor();
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  assert.equal(await page.evaluate(overflow), 0);
  await tab.expectNoViolations();
  await tab.shoot('narrow');
});

test('zoomed in to 400 % every page can be read by scrolling down alone', async () => {
  await using tab = await bed.open({ at: '/ui/nowhere', viewport: { width: 320, height: 256 } });
  const { page } = tab;
  const job = await bed.submit('wait-1.0');
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  const places = ['/', '/ui/jobs', `/ui/jobs/${job}`, `/ui/jobs/${job}?tab=logs`, '/ui/submit'];
  for (const place of [...places, '/ui/submit?app=greet-1.0', '/ui/systems', '/ui/deliveries', '/ui/help']) {
    await page.goto(place);
    await pill(page).getByText('live').waitFor();
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    assert.equal(await page.evaluate(overflow), 0, place);
  }
  await bed.api.call('POST', `/jobs/v2/${job}`, { action: 'stop' });
});
