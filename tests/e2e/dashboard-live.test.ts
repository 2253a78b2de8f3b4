import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { Page, Response } from 'playwright-core';
import type { JobView } from '../../packages/contract/src/index.ts';
import { jobEnd, submitJob } from '../support/api.ts';
import { type BrowserBed, PLAIN_HOST, startBrowserBed } from '../support/browser-bed.ts';
import { eventually } from '../support/eventually.ts';

let bed: BrowserBed;
before(async () => {
  bed = await startBrowserBed();
  // One job at a time: the others wait, and can be stopped without a program to end.
  await bed.api.call('POST', '/systems/v2/local', { ...(await systemDocument()), maxSystemJobs: 1 });
});
after(() => bed[Symbol.asyncDispose]());

async function systemDocument(): Promise<Readonly<Record<string, unknown>>> {
  const root = `${bed.directory}/systems`;
  const auth = { auth: { type: 'LOCAL' } };
  const storage = { protocol: 'LOCAL', rootDir: root, homeDir: '/home', ...auth };
  return {
    id: 'local',
    name: 'This host',
    type: 'EXECUTION',
    executionType: 'CLI',
    scheduler: 'FORK',
    scratchDir: '/scratch',
    login: { protocol: 'LOCAL', ...auth },
    storage,
  };
}

const LONG = { timeout: 60_000 };

const isLive = (page: Page) => page.locator('.live-pill-live').waitFor(LONG);

const badgeOf = (page: Page, job: Pick<JobView, 'id'>, status: string) =>
  page.locator(`[role=row]:has(a[href$="${job.id}"])`).getByText(status, { exact: false });

const stop = (job: JobView) => bed.api.call<JobView>('POST', `/jobs/v2/${job.id}`, { action: 'stop' });

async function submitSome(count: number): Promise<readonly JobView[]> {
  const jobs: JobView[] = [];
  for (let n = 0; n < count; n++) jobs.push(await submitJob(bed.api, 'wait-1.0', { name: `waits ${n}` }));
  return jobs;
}

test('seven tabs over HTTP/1.1 share one stream, all are live, and so is another browser', async () => {
  const [job] = await submitSome(1);
  assert.ok(job !== undefined);
  await using browser = await bed.open({ at: '/ui/jobs' });
  await using other = await bed.open({ at: '/ui/jobs', theme: 'dark' });
  let streams = 0;
  browser.context.on('request', (request) => {
    if (new URL(request.url()).pathname === '/jobs/v2/events') streams += 1;
  });
  await isLive(browser.page);
  const tabs = [browser.page, other.page];
  for (let n = 1; n < 7; n++) tabs.push(await browser.openTab('/ui/jobs'));
  for (const tab of tabs) await isLive(tab);
  await stop(job);
  for (const tab of tabs) await badgeOf(tab, job, 'STOPPED').waitFor(LONG);
  assert.equal(streams, 0, 'the stream that the first tab had was enough');
  // The tab that holds the stream goes away, and the others notice nothing.
  await browser.page.close();
  const [next] = await submitSome(1);
  assert.ok(next !== undefined);
  await stop(next);
  for (const tab of tabs.slice(1)) await tab.getByText('waits 0').first().waitFor(LONG);
  await eventually('another tab has the stream', () => streams === 1, { timeoutMs: 60_000 });
});

test('where browsers have no locks, since the connection is not safe, the tabs agree by messages', async () => {
  await using browser = await bed.open({ at: '/ui/jobs', host: PLAIN_HOST });
  const { page, context } = browser;
  assert.equal(await page.evaluate('navigator.locks === undefined'), true);
  await isLive(page);
  let streams = 0;
  context.on('request', (request) => {
    if (new URL(request.url()).pathname === '/jobs/v2/events') streams += 1;
  });
  const tabs = [await browser.openTab('/ui/jobs'), await browser.openTab('/ui/jobs')];
  for (const tab of tabs) await isLive(tab);
  assert.equal(streams, 0);
  await page.close();
  await eventually('another tab has the stream', () => streams === 1, { timeoutMs: 60_000 });
  for (const tab of tabs) await isLive(tab);
});

test('what is held for more than half a minute is said to be old, and has no colour', async () => {
  const [job] = await submitSome(1);
  assert.ok(job !== undefined);
  await using tab = await bed.open({ at: '/ui/jobs' });
  const { page } = tab;
  await isLive(page);
  await page.locator('.live-pill').click();
  await page.locator('.live-pill-paused').waitFor(LONG);
  await page.evaluate('{ const now = Date.now; Date.now = () => now() + 60_000; }');
  await page.getByText('Paused: what you see is held as it was.').waitFor(LONG);
  const filter = `getComputedStyle(document.querySelector('[role=row] .status-badge')).filter`;
  assert.equal(await page.evaluate(filter), 'grayscale(1)');
  await tab.expectNoViolations();
  await tab.shoot('stale');
  await page.locator('.live-pill').click();
  await isLive(page);
  await stop(job);
});

/** Records notifications instead of showing them; the permission is the browser's own. */
const RECORDER = `
  window.told = [];
  window.Notification = class extends EventTarget {
    static get permission() { return 'granted'; }
    static requestPermission() { return Promise.resolve('granted'); }
    constructor(title) { super(); window.told.push({ title, click: () => this.dispatchEvent(new Event('click')) }); }
    close() {}
  };`;

test('the end of a starred job is told once for the whole browser, and a click leads to the job', async () => {
  const [job, plain] = await submitSome(2);
  assert.ok(job !== undefined && plain !== undefined);
  await using browser = await bed.open({ at: '/ui/nowhere' });
  await browser.context.addInitScript(RECORDER);
  const tabs = [browser.page, await browser.openTab('/ui/jobs'), await browser.openTab('/ui/nowhere')];
  await browser.page.goto(`/ui/jobs/${job.id}`);
  for (const tab of tabs) await isLive(tab);
  await browser.page.getByRole('button', { name: 'Star' }).click();
  await browser.page.goto('/ui/nowhere');
  await isLive(browser.page);
  await stop(plain);
  await stop(job);
  const jobs = tabs[1] ?? browser.page;
  for (const each of [plain, job]) await badgeOf(jobs, each, 'STOPPED').waitFor(LONG);
  const toldBy = async (tab: Page) =>
    tab.evaluate<readonly string[]>('window.told.map(({ title }) => title)');
  const told = await eventually('somebody is told', async () => {
    const all = await Promise.all(tabs.map(toldBy));
    return all.some((titles) => titles.length > 0) ? all : null;
  });
  assert.deepEqual(told.flat(), [`⊘ STOPPED ${job.name}`]);
  const teller = tabs[told.findIndex((titles) => titles.length > 0)] ?? browser.page;
  await teller.evaluate('window.told[0].click()');
  await teller.waitForURL(`**/ui/jobs/${job.id}`);
});

/** Hears what the tabs of a browser say to each other. */
const TAP = `
  window.news = [];
  new BroadcastChannel('arras.live').onmessage = ({ data }) => {
    for (const { kind, event } of data.news ?? []) if (kind === 'event') window.news.push([event.job.id, event.seq]);
  };`;

test('a service that restarts is said to be away, and every event comes once and in order', async () => {
  const expected = [/net::ERR_/, /status of 50\d/];
  await using tab = await bed.open({ at: '/ui/jobs', expected });
  const { page } = tab;
  await isLive(page);
  await page.evaluate(TAP);
  const jobs: JobView[] = [];
  for (let n = 0; n < 4; n++)
    jobs.push(await submitJob(bed.api, 'greet-1.0', { name: `greets ${n}`, parameters: { name: 'you' } }));
  await bed.kill();
  const began = performance.now();
  await page.locator('.live-pill-reconnecting').waitFor(LONG);
  console.log(`# the page says that the service is away after ${Math.round(performance.now() - began)} ms`);
  await tab.expectNoViolations();
  await tab.shoot('reconnecting');
  await bed.revive();
  await isLive(page);
  for (const { id } of jobs) await jobEnd(bed.api, id, 120_000);
  const readNews = () => page.evaluate<readonly (readonly [string, number])[]>('window.news');
  const ends = await Promise.all(jobs.map(({ id }) => bed.api.call<JobView>('GET', `/jobs/v2/${id}`)));
  const news = await eventually(
    'all ends were told',
    async () => {
      const told = await readNews();
      const isTold = ({ id, seq }: JobView) => told.some(([of, number]) => of === id && number === seq);
      return ends.every(isTold) ? told : null;
    },
    { timeoutMs: 60_000 },
  );
  for (const { id } of jobs) {
    const numbers = news.filter(([of]) => of === id).map(([, seq]) => seq);
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
    );
  }
});

/** Notes when the row of a job shows the status first, in the frame that draws it. */
const STOPWATCH = `
  window.stopped = {};
  new MutationObserver((changes) => requestAnimationFrame(() => {
    for (const { target } of changes) {
      const row = (target instanceof Element ? target : target.parentElement)?.closest('[role=row]');
      const id = row?.querySelector('a[href]')?.pathname.split('/').at(-1);
      if (id && row.textContent.includes('STOPPED')) window.stopped[id] ??= Date.now();
    }
  })).observe(document.body, { subtree: true, childList: true, characterData: true });`;

test('what happens to one of 200 open jobs is seen at once', async (t) => {
  const jobs = await submitSome(200);
  await using tab = await bed.open({ at: '/ui/jobs', viewport: { width: 1280, height: 8_000 } });
  const { page } = tab;
  await isLive(page);
  await page.evaluate(STOPWATCH);
  const stopped: JobView[] = [];
  for (const job of jobs.slice(-60)) stopped.push(await stop(job));
  const seen = await eventually(
    'all are seen to be stopped',
    async () => {
      const times = await page.evaluate<Readonly<Record<string, number>>>('window.stopped');
      return stopped.every(({ id }) => times[id] !== undefined) ? times : null;
    },
    { timeoutMs: 60_000 },
  );
  const delays = stopped
    .map(({ id, lastUpdated }) => (seen[id] ?? 0) - Date.parse(lastUpdated))
    .sort((a, b) => a - b);
  const at = (share: number) => delays[Math.floor(delays.length * share)];
  t.diagnostic(`event committed to pixel changed: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms of ${delays.length}`);
});

test('the first load is small', async (t) => {
  await using tab = await bed.open({ at: '/ui/nowhere' });
  for (const place of ['/', '/ui/jobs']) await measureLoad(t, await tab.context.newPage(), place);
});

/** Bytes as they travel: JavaScript and styles of a page that nobody has visited before. */
async function measureLoad(t: TestContext, page: Page, place: string): Promise<void> {
  const parts: Response[] = [];
  page.on('response', (response) => parts.push(response));
  await page.goto(place);
  await isLive(page);
  await page.getByRole('heading', { level: 1 }).first().waitFor(LONG);
  const sizeOf = async (ending: string) => {
    const some = parts.filter((part) => new URL(part.url()).pathname.endsWith(ending));
    const sizes = await Promise.all(some.map((part) => part.headerValue('content-length')));
    return sizes.reduce((sum, size) => sum + Number(size), 0);
  };
  const [js, css] = [await sizeOf('.js'), await sizeOf('.css')];
  t.diagnostic(
    `first load of ${place}: ${(js / 1024).toFixed(1)} KB JavaScript, ${(css / 1024).toFixed(1)} KB CSS`,
  );
  assert.ok(js > 0 && js <= 60 * 1024, `${js} bytes of JavaScript`);
  assert.ok(css > 0 && css <= 12 * 1024, `${css} bytes of CSS`);
}
