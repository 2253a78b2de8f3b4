import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { HistoryEntry, JobView, NotificationView } from '../../packages/contract/src/index.ts';
import { jobEnd, jobStatus, submitJob } from '../support/api.ts';
import { type BrowserBed, startBrowserBed } from '../support/browser-bed.ts';
import { eventually } from '../support/eventually.ts';
import { changeAnswer, expectNoSidewaysScroll, tabTo } from '../support/job-page.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

/** Generous: the machine may be busy with other tests. */
const LONG = { timeout: 60_000 };

let bed: BrowserBed;
let receiver: Receiver;
let failed: JobView;
let fed: JobView;
before(async () => {
  bed = await startBrowserBed({ ARRAS_EGRESS_ALLOW: '127.0.0.0/8' });
  receiver = await startReceiver();
  const told = {
    url: `${receiver.url}/code/500`,
    event: 'FAILED',
    persistent: true,
    policy: { retryStrategy: 'NONE', saveOnFailure: true },
  };
  const jobs = await Promise.all([
    submitJob(bed.api, 'fail-1.0', { name: 'rna-seq-42', notifications: [told] }),
    submitJob(bed.api, 'greet-1.0', {
      name: HOSTILE,
      inputs: { text: 'agave://store/words.txt' },
      parameters: { name: 'ada' },
      archive: true,
    }),
  ]);
  [failed, fed] = (await Promise.all(jobs.map(({ id }) => jobEnd(bed.api, id, 60_000)))) as [
    JobView,
    JobView,
  ];
});
after(async () => {
  await receiver[Symbol.asyncDispose]();
  await bed[Symbol.asyncDispose]();
});

const HOSTILE = `"><img src=x onerror=alert(1)>'\`\${7*7} \u202etxt.exe\u202c שלום`;

const main = (page: Page) => page.getByRole('main');
/** Brings the tab into the picture. */
const showPanel = (page: Page) => page.evaluate("document.querySelector('[role=tablist]').scrollIntoView()");
const tab = (page: Page, name: string) => page.getByRole('tab', { name });

/** The subscription to the failed job goes to where somebody listens. */
async function repairReceiver(): Promise<void> {
  const [subscription] = await bed.api.call<NotificationView[]>(
    'GET',
    `/notifications/v2?associatedUuid=${failed.id}`,
  );
  await bed.api.call('POST', `/notifications/v2/${subscription?.id}`, { url: `${receiver.url}/ok` });
}

test('with the keyboard alone one reads an error, copies the command and replays a delivery', async () => {
  await using opened = await bed.open({ at: `/ui/jobs/${failed.id}` });
  const { page, context } = opened;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const card = page.locator('.error-card');
  await card.getByText('no such thing').waitFor(LONG);
  assert.match((await card.textContent()) ?? '', /exit/i);
  assert.match(await page.title(), /^✗ rna-seq-42/);
  await opened.expectNoViolations();
  await opened.shoot('job-failed');

  await tabTo(page, card.getByRole('button', { name: 'Copy command' }));
  await page.keyboard.press('Enter');
  await card.getByRole('button', { name: 'Copied' }).waitFor(LONG);
  assert.equal(
    await page.evaluate('navigator.clipboard.readText()'),
    `arras jobs logs --stderr ${failed.id}`,
  );

  await page.keyboard.press('n');
  const replay = page.getByRole('button', { name: 'Replay FAILED' });
  await replay.waitFor(LONG);
  await opened.expectNoViolations();
  await showPanel(page);
  await opened.shoot('job-notifications');
  assert.match((await main(page).textContent()) ?? '', /parked.*The receiver failed\./s);
  await repairReceiver();
  await tabTo(page, replay);
  await page.keyboard.press('Enter');
  await page.locator('.delivery summary').getByText('delivered').first().waitFor(LONG);
  assert.deepEqual(
    receiver.received.map(({ path }) => path),
    ['/code/500', '/ok'],
  );
  await page.getByText('replayed').waitFor(LONG);
});

test('a job is stopped: requested until it is proven, without a reload', async () => {
  const { id } = await submitJob(bed.api, 'wait-1.0', { name: 'long run' });
  await jobStatus(bed.api, id, 'RUNNING', 60_000);
  await using opened = await bed.open({ at: `/ui/jobs/${id}`, theme: 'dark' });
  const { page } = opened;
  const header = page.locator('.job-header');
  await header.getByText('RUNNING').waitFor(LONG);
  await page.locator('.phase-gantt-current').getByText('Run', { exact: true }).waitFor(LONG);
  await opened.expectNoViolations();
  await opened.shoot('job-running');
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'Stop?' });
  await opened.expectNoViolations();
  await tabTo(page, dialog.getByRole('button', { name: 'Stop' }));
  await page.keyboard.press('Enter');
  await page.getByText('Stop requested. The job keeps its status').waitFor(LONG);
  await header.getByText('STOPPED').waitFor(LONG);
  assert.equal(await header.getByText('stop requested').count(), 0);
  await page.locator('.timeline-table').getByText('STOPPED', { exact: true }).waitFor(LONG);
  assert.match(await page.title(), /^⊘ long run/);
});

test('the timeline has every event, filters by kind, and gives each an address', async () => {
  await using opened = await bed.open({ at: `/ui/jobs/${fed.id}`, theme: 'dark' });
  const { page } = opened;
  const rows = page.locator('.timeline-table tbody tr');
  await rows.filter({ hasText: 'FINISHED' }).first().waitFor(LONG);
  await opened.expectNoViolations();
  await opened.shoot('job-timeline');
  const count = await rows.count();
  await page.getByRole('button', { name: /^Transfers/ }).click();
  await eventually('fewer rows', async () => (await rows.count()) < count);
  assert.match(page.url(), /kinds=transfer/);
  await rows.first().getByRole('link').click();
  await page.locator('.timeline-row-selected').waitFor(LONG);
  const address = page.url();
  assert.match(address, /#event-\d+$/);
  const again = await opened.openTab(address);
  await again.locator('.timeline-row-selected').waitFor(LONG);
});

test('hostile names are text, on every tab of a narrow page', async () => {
  await using opened = await bed.open({
    at: `/ui/jobs/${fed.id}`,
    viewport: { width: 360, height: 740 },
  });
  const { page } = opened;
  await main(page).getByText(HOSTILE).first().waitFor(LONG);
  for (const [name, text] of [
    ['Transfers', /✓/],
    ['Permissions', /Share this job/],
    ['JSON', /"executionSystem"/],
    ['Notifications', /Nobody is told/],
    ['Timeline', /What happened/],
  ] as const) {
    await tab(page, name).click();
    await page.getByRole('tabpanel').getByText(text).first().waitFor(LONG);
    await expectNoSidewaysScroll(page);
    await opened.expectNoViolations();
    await showPanel(page);
    await opened.shoot(`job-narrow-${name.toLowerCase()}`);
  }
  assert.equal(await page.locator('img').count(), 0);
});

test('a job is shared and the share is taken back', async () => {
  await using opened = await bed.open({ at: `/ui/jobs/${fed.id}?tab=permissions` });
  const { page } = opened;
  await page.getByLabel('User, or world').fill('world');
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const row = page.getByRole('row', { name: /everybody who is signed in/ });
  await row.waitFor(LONG);
  await opened.expectNoViolations();
  await row.getByRole('button', { name: /Revoke/ }).click();
  await row.waitFor({ state: 'detached', ...LONG });
});

test('somebody subscribes, tests the address, and sees what it answered', async () => {
  await using opened = await bed.open({ at: `/ui/jobs/${fed.id}?tab=notifications`, theme: 'dark' });
  const { page } = opened;
  await page.getByRole('button', { name: 'Subscribe' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Subscribe to this job' });
  await dialog.getByLabel('Web address').fill(`${receiver.url}/code/418`);
  await dialog.getByLabel('Sign the messages').check();
  await opened.expectNoViolations();
  await dialog.getByRole('button', { name: 'Subscribe' }).click();
  const kept = page.getByRole('dialog', { name: 'Keep the signing secret' });
  await kept.getByText(/^whsec_/).waitFor(LONG);
  await kept.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('button', { name: 'Send a test' }).click();
  const tests = page.getByText('Tests and messages sent on demand: 1');
  await tests.waitFor(LONG);
  await tests.click();
  await page.getByText('refused 418').waitFor(LONG);
  await opened.expectNoViolations();
  await showPanel(page);
  await opened.shoot('job-test-message');
});

const NEVER = {
  reason: 'AssocMaxWallDurationPerJobLimit',
  category: 'never-starts',
  sentence: 'This can never start: it asks for 96 hours, and the limit is 48 hours.',
  action: 'Stop it and submit it with maxRunTime of at most 48:00:00.',
  canStart: false,
};
const PRIORITY = {
  reason: 'Priority',
  category: 'priority',
  sentence: 'Jobs with a higher priority come first.',
  estimatedStart: new Date(Date.now() + 35 * 60_000).toISOString(),
  similar: { count: 50, shortestSeconds: 240, medianSeconds: 720, longestSeconds: 2_280 },
  canStart: true,
};

test('a wait is explained, one that never ends in red, and a silent system is said', async () => {
  await using opened = await bed.open({ at: '/ui/nowhere' });
  const { page } = opened;
  const freshness = {
    asOf: new Date(Date.now() - 600_000).toISOString(),
    source: 'executionSystem',
    reachable: false,
    message: 'It has not answered since 10:00.',
  };
  let waiting: object = PRIORITY;
  await changeAnswer<object>(page, new RegExp(`/jobs/v2/${failed.id}$`), (job) => ({
    ...job,
    name: 'n'.repeat(1_000),
    status: 'QUEUED',
    endTime: null,
    endCause: null,
    report: null,
    waiting,
    freshness,
  }));
  await page.goto(`/ui/jobs/${failed.id}`);
  await page.getByText('50 similar jobs waited 4m 00s to 38m 00s (median 12m 00s)').waitFor(LONG);
  await page.getByText(/does not answer: the status is that of/).waitFor(LONG);
  await expectNoSidewaysScroll(page);
  await opened.expectNoViolations();
  await opened.shoot('job-waiting');
  waiting = NEVER;
  await page.reload();
  await page.getByRole('heading', { name: 'This job can never start' }).waitFor(LONG);
  await opened.expectNoViolations();
  await opened.shoot('job-never-starts');
});

test('without a list the keys [ and ] go by the jobs of the owner, newest first, and an unknown job is none', async () => {
  await using opened = await bed.open({
    at: `/ui/jobs/${failed.id}?tab=json`,
    expected: [/status of 404/],
  });
  const { page } = opened;
  await page.getByRole('tabpanel').getByText('rna-seq-42').waitFor(LONG);
  const isLater = Date.parse(fed.created) > Date.parse(failed.created);
  await page.keyboard.press(isLater ? '[' : ']');
  await page.waitForURL(`**/ui/jobs/${fed.id}?tab=json`);
  await page.goto('/ui/jobs/000000000000000000-0000000000000000-0001-007');
  await page.getByRole('alert').waitFor(LONG);
  await opened.expectNoViolations();
});

test('a transfer that stalls says so in the place of its rate', async () => {
  await using opened = await bed.open({ at: '/ui/nowhere', theme: 'dark' });
  const { page } = opened;
  const stalled = {
    totalActiveTransfers: 1,
    totalBytesTransferred: 400_000_000,
    totalBytes: 1_000_000_000,
    stalledSince: new Date(Date.now() - 130_000).toISOString(),
  };
  await changeAnswer<HistoryEntry[]>(page, /\/history\?/, (entries) =>
    entries.map((entry) =>
      entry.progress === undefined ? entry : { ...entry, progress: { ...entry.progress, ...stalled } },
    ),
  );
  await page.goto(`/ui/jobs/${fed.id}?tab=transfers`);
  await page
    .getByText(/stalled for 2m/)
    .first()
    .waitFor(LONG);
  assert.match((await page.getByRole('tabpanel').textContent()) ?? '', /400 MB of 1 GB/);
  await opened.expectNoViolations();
  await showPanel(page);
  await opened.shoot('job-stalled');
});

test('a job is starred, and submitted again as a job of its own', async () => {
  await using opened = await bed.open({ at: `/ui/jobs/${fed.id}` });
  const { page } = opened;
  await page.getByRole('button', { name: 'Star' }).waitFor(LONG);
  await page.keyboard.press('s');
  await page.getByRole('button', { name: 'Star', pressed: true }).waitFor(LONG);
  await page.getByRole('button', { name: 'Actions' }).click();
  await opened.expectNoViolations();
  await page.getByRole('menuitem', { name: 'Resubmit as it is' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resubmit as it is' }).click();
  await page.waitForURL((url) => /\/ui\/jobs\//.test(url.pathname) && !url.pathname.includes(fed.id));
  await page.locator('.job-header').getByText('FINISHED').waitFor(LONG);
});
