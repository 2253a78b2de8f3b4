import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import type { JobView } from '../../packages/contract/src/index.ts';
import { submitJob } from '../support/api.ts';
import { type BrowserBed, startBrowserBed } from '../support/browser-bed.ts';
import { OIDC_CLIENT, OidcProvider } from '../support/oidc-provider.ts';
import { PageWatch } from '../support/page-watch.ts';
import { type PathProxy, startPathProxy } from '../support/path-proxy.ts';
import { ADMIN_TOKEN } from '../support/service.ts';

let provider: OidcProvider;
let stripping: PathProxy;
let keeping: PathProxy;
let bed: BrowserBed;
const stack = new AsyncDisposableStack();
before(async () => {
  provider = stack.use(await OidcProvider.start());
  stripping = stack.use(await startPathProxy('/hpc/arras', 'strip'));
  keeping = stack.use(await startPathProxy('/hpc/arras', 'keep'));
  bed = stack.use(
    await startBrowserBed({
      ARRAS_PUBLIC_URL: `${stripping.url}/`,
      ARRAS_OIDC_ISSUER: provider.issuer,
      ARRAS_OIDC_CLIENT_ID: OIDC_CLIENT.clientId,
      ARRAS_OIDC_CLIENT_SECRET: OIDC_CLIENT.clientSecret,
      ARRAS_OIDC_NAME: 'Lab login',
      ARRAS_EGRESS_ALLOW: '127.0.0.0/8',
    }),
  );
  for (const proxy of [stripping, keeping]) proxy.target = bed.url;
});
after(() => stack.disposeAsync());

const LONG = { timeout: 60_000 };
const SIGNED_OUT = /status of 401/;

/** A browser of its own before a proxy. */
async function openBrowser(url: string, expected: readonly RegExp[] = []) {
  const context = await bed.browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const watch = new PageWatch(context, url, [SIGNED_OUT, ...expected]);
  const page = await context.newPage();
  return {
    page,
    context,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      watch.expectHarmless();
    },
  };
}

async function signIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Use a token instead' }).click();
  await page.getByRole('textbox', { name: 'Token' }).fill(ADMIN_TOKEN);
  await page.keyboard.press('Enter');
  await page.locator('.live-pill-live').waitFor(LONG);
}

const pathOf = (page: Page) => new URL(page.url()).pathname;

const linkTo = (page: Page, job: JobView) => page.locator(`a[href="/hpc/arras/ui/jobs/${job.id}"]`).first();

async function expectCookieOnPath(context: BrowserContext): Promise<void> {
  const cookies = await context.cookies();
  assert.deepEqual(
    cookies.map(({ name, path }) => [name, path]),
    [['arras_session', '/hpc/arras']],
  );
}

for (const mode of ['strip', 'keep'] as const)
  test(`behind a path that a proxy ${mode}s everything works as on a host of its own`, async () => {
    const proxy = mode === 'strip' ? stripping : keeping;
    const job = await submitJob(bed.api, 'wait-1.0', { name: `waits behind ${mode}` });
    await using browser = await openBrowser(proxy.url);
    const { page, context } = browser;
    // Deep in it, where what is named from the address itself would be looked for elsewhere.
    await page.goto(`${proxy.url}/ui/jobs?q=waits`);
    await signIn(page);
    await expectCookieOnPath(context);
    await linkTo(page, job).click();
    await page.getByRole('heading', { name: job.name }).waitFor(LONG);
    assert.equal(pathOf(page), `/hpc/arras/ui/jobs/${job.id}`);
    await page.reload();
    await page.getByRole('heading', { name: job.name }).waitFor(LONG);
    await page.locator('.live-pill-live').waitFor(LONG);
    // The stream finds its way as well: nobody reads again.
    await bed.api.call('POST', `/jobs/v2/${job.id}`, { action: 'stop' });
    await page.locator('h1').locator('xpath=ancestor::header').getByText('STOPPED').first().waitFor(LONG);
    await page.getByRole('tab', { name: 'JSON' }).click();
    await page.getByText('"status": "STOPPED"').waitFor(LONG);
    await page.getByRole('link', { name: 'Help' }).click();
    await page.getByRole('link', { name: 'the first job' }).click();
    await page.getByRole('heading', { level: 1 }).waitFor(LONG);
    assert.equal(pathOf(page), '/hpc/arras/ui/help/guides/first-job');
    await page.goBack();
    await page.getByRole('link', { name: 'Arras, home' }).click();
    await page.waitForURL(`${proxy.url}/`);
    assert.equal(
      await page.evaluate(`new Promise((resolve) => {
        const socket = new WebSocket('/hpc/arras/channels/v2/');
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('refused');
      })`),
      'open',
    );
    assert.deepEqual(proxy.strays, [], 'nothing was asked beside the path');
  });

test('the path without its slash leads to the page, where the proxy keeps it', async () => {
  await using browser = await openBrowser(keeping.url);
  await browser.page.goto(keeping.url);
  await browser.page.getByLabel('User name').waitFor(LONG);
  assert.equal(pathOf(browser.page), '/hpc/arras/');
});

test('somebody agrees at the OpenID provider and is signed in, or refuses and is told so', async () => {
  provider.asks = true;
  await using browser = await openBrowser(stripping.url, [new RegExp(`asked ${provider.issuer}`), /40[01]/]);
  const { page, context } = browser;
  await page.goto(`${stripping.url}/`);
  const begin = () => page.getByRole('link', { name: 'Sign in with Lab login' }).click(LONG);
  await begin();
  await page.getByRole('heading', { name: 'Lab login' }).waitFor(LONG);
  await page.getByRole('link', { name: 'Refuse' }).click();
  await page.getByText('Your identity provider did not sign you in (access_denied).').waitFor(LONG);
  assert.deepEqual(await context.cookies(), [], 'nothing is left of the attempt');
  await page.getByRole('link', { name: 'Go on' }).click();
  await begin();
  await page.getByRole('link', { name: 'Agree' }).click();
  await page.waitForURL(`${stripping.url}/`, LONG);
  await page.getByRole('button', { name: 'lin' }).waitFor(LONG);
  await page.locator('.live-pill-live').waitFor(LONG);
  await expectCookieOnPath(context);
  await page.getByRole('button', { name: 'lin' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('User name').waitFor(LONG);
  assert.deepEqual(await context.cookies(), []);
});
