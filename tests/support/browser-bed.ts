import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type CliBed, startCliBed } from './cli-bed.ts';
import { PageWatch } from './page-watch.ts';
import { ADMIN_TOKEN } from './service.ts';

/** Pictures of the last run, for people to look at and for the README. */
const SCREENSHOTS = join(import.meta.dirname, '../e2e/screenshots');

const BUILT = join(import.meta.dirname, '../../packages/server/dashboard/index.html');

/** Another name of this machine, for which browsers take plain HTTP as what it is: not safe. */
export const PLAIN_HOST = 'plain.test';

/** How a page is opened. */
export interface PageOptions {
  /** Where it begins. Default: `/`. */
  readonly at?: string;
  /** Default: light. */
  readonly theme?: 'light' | 'dark';
  readonly contrast?: 'no-preference' | 'more';
  /** Default: 1280 × 800. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Whose token signs in; null: nobody is signed in. Default: the administrator's. */
  readonly token?: string | null;
  /** Name of the service in the address. Default: 127.0.0.1, which browsers trust without TLS. */
  readonly host?: string;
  /** Lines in the console that the test causes itself, such as those of an outage. */
  readonly expected?: readonly RegExp[];
}

/** A tab of a browser of its own: with its own cookies, and signed in. */
export interface BedPage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Another tab of the same browser. */
  openTab(at?: string): Promise<Page>;
  /** Fails for every finding of axe-core in the page as it is. */
  expectNoViolations(): Promise<void>;
  /** Takes a picture of the page as it is: `NAME-THEME.png`. */
  shoot(name: string): Promise<void>;
}

/** A service with the built dashboard, small apps, and a real Chromium. */
export interface BrowserBed extends CliBed {
  readonly browser: Browser;
  /** Opens a page; when it is disposed, errors in its console and requests to elsewhere fail the test. */
  open(options?: PageOptions): Promise<BedPage>;
}

/** Starts the bed; `environment` holds further settings of the service. */
export async function startBrowserBed(
  environment: Readonly<Record<string, string>> = {},
): Promise<BrowserBed> {
  assert.ok(existsSync(BUILT), 'the dashboard is not built: npm run build');
  await using stack = new AsyncDisposableStack();
  const bed = stack.use(await startCliBed(environment));
  const browser = await launch();
  stack.defer(() => browser.close());
  const all = stack.move();
  return {
    ...bed,
    browser,
    open: (options = {}) => openBedPage(browser, bed.url, options),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Debian's own; its sandbox needs what containers do not give to root. */
function launch(): Promise<Browser> {
  const folders = (process.env['PATH'] ?? '').split(':');
  const executablePath = folders.map((folder) => join(folder, 'chromium')).find(existsSync);
  assert.ok(executablePath !== undefined, 'Chromium is missing: apt-get install chromium');
  return chromium.launch({
    executablePath,
    chromiumSandbox: false,
    args: [
      '--disable-dev-shm-usage',
      '--js-flags=--expose-gc',
      `--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`,
    ],
  });
}

async function openBedPage(browser: Browser, url: string, options: PageOptions): Promise<BedPage> {
  const { at = '/', theme = 'light', token = ADMIN_TOKEN, expected = [], host = '127.0.0.1' } = options;
  const shownUrl = url.replace('//127.0.0.1', `//${host}`);
  const context = await browser.newContext({
    baseURL: shownUrl,
    colorScheme: theme,
    contrast: options.contrast ?? 'no-preference',
    viewport: options.viewport ?? { width: 1280, height: 800 },
    // What moves would make pictures and contrasts a matter of chance.
    reducedMotion: 'reduce',
  });
  const watch = new PageWatch(context, shownUrl, expected);
  if (token !== null) await signIn(context, token, { url, shownUrl });
  const openTab = async (place = '/') => {
    const tab = await context.newPage();
    await tab.goto(place);
    return tab;
  };
  const page = await openTab(at);
  return {
    page,
    context,
    openTab,
    expectNoViolations: () => expectNoViolations(page),
    shoot: (name) => shoot(page, `${name}-${theme}`),
    [Symbol.asyncDispose]: async () => {
      await context.close();
      watch.expectHarmless();
    },
  };
}

/** As the page itself would: the cookie of the session lands in the browser, for the name that it uses. */
async function signIn(
  context: BrowserContext,
  token: string,
  { url, shownUrl }: { readonly url: string; readonly shownUrl: string },
): Promise<void> {
  const answer = await context.request.post(`${url}/sessions/v2`, { data: { token } });
  assert.equal(answer.status(), 201, await answer.text());
  const cookies = await context.cookies(url);
  await context.addCookies(cookies.map(({ name, value }) => ({ name, value, url: shownUrl })));
}

async function shoot(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What of an answer of axe-core a person needs. */
interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

/** WCAG 2.2 AA and the good practices of axe-core itself. Fails for every finding in a page. */
export async function expectNoViolations(page: Page): Promise<void> {
  // Not as a script of the page: its policy would not let it run.
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const violations = await page.evaluate<readonly Violation[]>(
    'axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations)',
  );
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}: ${failureSummary}`),
  );
  assert.deepEqual(found, []);
}
