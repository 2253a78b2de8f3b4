import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { DeliveryView } from '../../packages/contract/src/index.ts';
import { type BrowserBed, startBrowserBed } from '../support/browser-bed.ts';
import { eventually } from '../support/eventually.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

let mail: MailServer;
let receiver: Receiver;
let bed: BrowserBed;
before(async () => {
  mail = await startMailServer();
  receiver = await startReceiver();
  bed = await startBrowserBed({ ARRAS_EGRESS_ALLOW: '127.0.0.0/8', ARRAS_SMTP_URL: mail.url });
});
after(async () => {
  await bed[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
  await mail[Symbol.asyncDispose]();
});

/** Whatever a wait waits for comes within some seconds, or never. */
const PATIENCE_MS = 30_000;

/** A subscription of a job that has begun, whose event has happened and is settled. */
async function told(url: string, more: Readonly<Record<string, unknown>> = {}) {
  const job = await bed.submit('wait-1.0');
  const asked = { associatedUuid: job, event: 'PERMISSION_GRANT', url, persistent: true, ...more };
  const { id } = await bed.api.call<{ id: string }>('POST', '/notifications/v2', asked);
  await bed.api.call('POST', `/jobs/v2/${job}/pems`, { username: 'world', permission: 'READ' });
  await eventually(
    'the event is settled',
    async () => {
      const all = await bed.api.call<DeliveryView[]>('GET', `/notifications/v2/${id}/deliveries`);
      assert.ok(all.length > 0 && all.every(({ state }) => state !== 'pending'));
      return all;
    },
    { timeoutMs: 60_000 },
  );
  await bed.api.call('POST', `/jobs/v2/${job}`, { action: 'kill' });
  return { job, id };
}

async function expectNoOverflow(page: Page): Promise<void> {
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  assert.equal(await page.evaluate(overflow), 0);
}

const HOSTILE = '{"said":"<img src=x onerror=alert(1)>","why":["it","is","broken"]}';

test('an attempt shows request and response side by side, and a hostile answer stays text', async () => {
  const text = encodeURIComponent(HOSTILE);
  const { id } = await told(
    `${receiver.url.replace('://', '://ada:hunter2-word@')}/say?code=500&text=${text}`,
    {
      policy: { retryStrategy: 'IMMEDIATE', retryLimit: 3 },
      secret: true,
    },
  );
  await using tab = await bed.open({ at: `/ui/deliveries/${id}` });
  const { page } = tab;
  page.setDefaultTimeout(PATIENCE_MS);
  const line = page.getByRole('list', { name: 'Attempts in time' });
  await line.getByRole('link').nth(2).waitFor();
  assert.equal(await line.getByText('later').count(), 2);
  await line.getByRole('link').nth(2).click();
  const request = page.getByRole('region', { name: 'Request of attempt 3' });
  await request.getByRole('row', { name: 'X-Agave-Event PERMISSION_GRANT' }).waitFor();
  await request.getByRole('row', { name: 'Authorization Basic ***' }).waitFor();
  await request.getByRole('row', { name: /^webhook-signature v1,/ }).waitFor();
  assert.match(
    await request.getByLabel('Body of the request of attempt 3', { exact: true }).innerText(),
    /^\{\n {2}"id": /,
  );
  const response = page.getByRole('region', { name: 'Response to attempt 3' });
  const body = response.getByLabel('Body of the response to attempt 3', { exact: true });
  assert.equal(await body.innerText(), JSON.stringify(JSON.parse(HOSTILE), null, 2));
  assert.equal(await page.locator('img').count(), 0);
  await response.getByRole('row', { name: /^date / }).waitFor();
  await tab.expectNoViolations();
  await request.scrollIntoViewIfNeeded();
  await tab.shoot('attempt');
  assert.doesNotMatch(await page.content(), /hunter2/);
});

test('what an attempt sent is copied as it was, and on a small dark page nothing runs over', async () => {
  const { job } = await told(`${receiver.url}/code/418`, { policy: { retryStrategy: 'NONE' } });
  const viewport = { width: 360, height: 740 };
  await using tab = await bed.open({ at: `/ui/jobs/${job}?tab=notifications`, theme: 'dark', viewport });
  const { page, context } = tab;
  page.setDefaultTimeout(PATIENCE_MS);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByText('0 of the last 1 attempts arrived').waitFor();
  await page.getByText('Request and response').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Copy as curl' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  assert.match(String(await page.evaluate('navigator.clipboard.readText()')), /^curl --request POST 'http:/);
  await page.getByRole('button', { name: 'Copy body of the request of attempt 1' }).click();
  const sent = receiver.received.find(({ path }) => path === '/code/418');
  await eventually(
    'the body is copied',
    async () => (await page.evaluate('navigator.clipboard.readText()')) === sent?.body,
  );
  await page.getByText('The body is empty.').waitFor();
  await expectNoOverflow(page);
  await tab.expectNoViolations();
  await page.getByRole('region', { name: 'Request of attempt 1' }).scrollIntoViewIfNeeded();
  await tab.shoot('attempt-narrow');
});

test('an attempt by mail shows the mail as its reader sees it, and what the mail server said', async () => {
  const { id } = await told('ada@example.org');
  await using tab = await bed.open({ at: `/ui/deliveries/${id}` });
  const { page } = tab;
  page.setDefaultTimeout(PATIENCE_MS);
  await page.getByText('delivered').first().click();
  await page.getByText('Request and response').click();
  const request = page.getByRole('region', { name: 'Request of attempt 1' });
  await request.getByText(/^MAIL FROM:<.+> RCPT TO:<ada@example\.org>$/).waitFor();
  await request.getByRole('row', { name: /^Subject PERMISSION_GRANT: / }).waitFor();
  const rendered = page.frameLocator('iframe[title^="Mail: PERMISSION_GRANT"]');
  await rendered.getByText('has occurred').waitFor();
  await page.getByRole('region', { name: 'Response to attempt 1' }).getByText('250').waitFor();
  await tab.expectNoViolations();
  await page.locator('iframe').scrollIntoViewIfNeeded();
  await tab.shoot('attempt-mail');
});

test('all that failed since a time is replayed at once, or only what is chosen', async () => {
  const { job, id } = await told(`${receiver.url}/code/503`, { policy: { retryStrategy: 'NONE' } });
  const grant = { username: 'world', permission: 'READ_WRITE' };
  await bed.api.call('POST', `/jobs/v2/${job}/pems`, grant);
  await using tab = await bed.open({ at: `/ui/jobs/${job}?tab=notifications` });
  const { page } = tab;
  page.setDefaultTimeout(PATIENCE_MS);
  await page.getByText('Replay all that failed (2)').waitFor();
  await bed.api.call('POST', `/notifications/v2/${id}`, { url: `${receiver.url}/ok` });
  await page.getByRole('button', { name: 'Replay several…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replay several' });
  await dialog.getByLabel('Events that happened').selectOption('since…');
  await dialog.getByText('Say since when.').waitFor();
  assert.ok(await dialog.getByRole('button', { name: 'Replay 0' }).isDisabled(), 'not everything meanwhile');
  await dialog.getByRole('textbox', { name: 'Since' }).fill('2099-01-01T00:00');
  await dialog.getByText('There is none').waitFor();
  await dialog.getByRole('textbox', { name: 'Since' }).fill('2020-01-01T00:00');
  await dialog
    .getByRole('checkbox', { name: /PERMISSION_GRANT/ })
    .first()
    .uncheck();
  await tab.shoot('attempt-replay');
  await dialog.getByRole('button', { name: 'Replay 1' }).click();
  await page.getByText('1 put in line again').waitFor();
  await page.getByText('Replay all that failed (1)').waitFor();
});
