import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { connectApi, jobEnd } from '../support/api.ts';
import { type BrowserBed, startBrowserBed } from '../support/browser-bed.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

let bed: BrowserBed;
let receiver: Receiver;
before(async () => {
  bed = await startBrowserBed({ ARRAS_EGRESS_ALLOW: '127.0.0.0/8' });
  receiver = await startReceiver();
});
after(async () => {
  await receiver[Symbol.asyncDispose]();
  await bed[Symbol.asyncDispose]();
});

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

function cardOf(page: Page, system: string) {
  return page.getByRole('listitem').filter({ has: page.getByRole('link', { name: system, exact: true }) });
}

test('systems say how they are, and which jobs are on them as they come', async () => {
  await using tab = await bed.open({ at: '/ui/systems' });
  const { page } = tab;
  page.setDefaultTimeout(PATIENCE_MS);
  const card = cardOf(page, 'local');
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
  // What the check has found is kept, and shown wherever the system is.
  await page.getByRole('list', { name: 'Parts' }).getByText('connect: ').waitFor();
  await page.getByText('It does not answer: jobs on it keep').waitFor();
  await tab.expectNoViolations();
  await tab.shoot('system-down');
  await page.goto('/ui/systems/nowhere');
  await page.getByRole('alert').first().waitFor();
});

/** A user who may run the bed's apps. */
async function signUp(username: string): Promise<string> {
  const { api } = bed;
  await api.call('POST', '/profiles/v2', { username, email: `${username}@example.org` });
  await api.call('POST', '/systems/v2/local/roles', { username, role: 'USER' });
  await api.call('POST', '/apps/v2/wait-1.0/pems', { username, permission: 'READ_EXECUTE' });
  const { token } = await api.call<{ token: string }>('POST', '/tokens/v2', { username, name: 'test' });
  return token;
}

test('administrators see what the service has in hand, and the jobs of others as they come', async () => {
  const token = await signUp('ada');
  const ada = connectApi(() => bed.url, token);
  await using tab = await bed.open({ at: '/ui/systems' });
  const { page } = tab;
  page.setDefaultTimeout(PATIENCE_MS);
  const service = page.getByRole('region', { name: 'The service', exact: true });
  await service.getByText('1 alive').waitFor();
  await service.getByRole('rowheader', { name: 'monitor' }).waitFor();
  await cardOf(page, 'local').getByText('p95').first().waitFor();
  await tab.expectNoViolations();
  await service.scrollIntoViewIfNeeded();
  await tab.shoot('service-load');

  await page.goto('/ui/jobs?q=status:running');
  await page.getByText('0 jobs').waitFor();
  const request = { name: 'job of ada', appId: 'wait-1.0', archive: false };
  const { id } = await ada.call<{ id: string }>('POST', '/jobs/v2', request);
  await page.getByText('job of ada').waitFor();
  await ada.call('POST', `/jobs/v2/${id}`, { action: 'stop' });
  await jobEnd(bed.api, id, 60_000);

  await using other = await bed.open({ at: '/ui/systems', token });
  other.page.setDefaultTimeout(PATIENCE_MS);
  await other.page.getByRole('link', { name: 'local', exact: true }).waitFor();
  assert.equal(await other.page.getByText('The service').count(), 0);
  const refused = await ada.request('GET', '/admin/v2/load');
  assert.equal(refused.status, 403);
});

test('deliveries are empty with the command that fills them; then one fails, is replayed, and its subscription goes', async () => {
  await using tab = await bed.open({ at: '/ui/deliveries' });
  const { page } = tab;
  page.setDefaultTimeout(PATIENCE_MS);
  await page.getByText('arras notifications create').waitFor();
  await tab.expectNoViolations();
  const id = await bed.submit('wait-1.0');
  await page.getByRole('button', { name: 'Subscribe' }).click();
  const dialog = page.getByRole('dialog', { name: 'Subscribe' });
  await dialog.getByLabel('Id of a job').fill(id);
  await dialog.getByLabel('Web address').fill(`${receiver.url}/code/418`);
  await dialog.getByLabel('Event,').fill('STOPPED');
  await dialog.getByLabel('Every time').check();
  await tab.expectNoViolations();
  await dialog.getByRole('button', { name: 'Subscribe' }).click();
  await page.getByText('no event has matched yet').waitFor();
  await page.getByRole('link', { name: 'STOPPED' }).click();
  const { id: subscription } = (
    await bed.api.call<{ id: string }[]>('GET', `/notifications/v2?associatedUuid=${id}`)
  )[0] ?? {
    id: '',
  };
  // One attempt only, so that what fails is given up at once.
  const policy = { retryStrategy: 'NONE', saveOnFailure: true };
  await bed.api.call('POST', `/notifications/v2/${subscription}`, { policy });
  await bed.api.call('POST', `/jobs/v2/${id}`, { action: 'stop' });
  await jobEnd(bed.api, id, 60_000);
  await page.getByText('parked').first().waitFor();
  await page.getByText('0 of the last 1 attempts arrived').waitFor();
  await tab.expectNoViolations();
  await tab.shoot('delivery');
  await bed.api.call('POST', `/notifications/v2/${subscription}`, { url: `${receiver.url}/ok` });
  await page.getByRole('button', { name: 'Replay several…' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByText('STOPPED').waitFor();
  await tab.expectNoViolations();
  await tab.shoot('delivery-replay');
  await page.getByRole('button', { name: 'Replay 1' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('1 of the last 2 attempts arrived').waitFor();
  await page.getByRole('button', { name: 'New secret…' }).click();
  await page.getByRole('button', { name: 'Make it' }).click();
  await page
    .getByRole('dialog')
    .getByText(/^whsec_/)
    .waitFor();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.goto('/ui/deliveries');
  await page.getByText('1 delivered, 1 parked').waitFor();
  await tab.shoot('deliveries');
  await page.getByRole('link', { name: 'STOPPED' }).click();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('Nobody is told about anything now.').waitFor();
});

test('the help is there without any other place, and its links lead to each other', async () => {
  await using tab = await bed.open({ at: '/ui/help', theme: 'dark', viewport: NARROW });
  const { page } = tab;
  page.setDefaultTimeout(PATIENCE_MS);
  await page.getByRole('heading', { level: 1, name: 'Help' }).waitFor();
  await tab.expectNoViolations();
  await page.getByRole('navigation', { name: 'Contents' }).getByRole('link', { name: 'Glossary' }).click();
  await page.getByRole('heading', { level: 1, name: 'Glossary' }).waitFor();
  await expectNoOverflow(page);
  await tab.expectNoViolations();
  await tab.shoot('help');
  await page.goto('/ui/help/reference/settings');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await expectNoOverflow(page);
  await tab.expectNoViolations();
  await page.goto('/ui/help/guides/no-such');
  await page.getByText('The help has no such page.').waitFor();
});
