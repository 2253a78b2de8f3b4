import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type BrowserBed, startBrowserBed } from '../support/browser-bed.ts';
import { runCommand, startCommand } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { OIDC_CLIENT, OidcProvider } from '../support/oidc-provider.ts';
import { openScreen } from '../support/terminal-screen.ts';

// The command line on a machine without a browser, and a browser elsewhere that approves it.

let provider: OidcProvider;
let bed: BrowserBed;
const stack = new AsyncDisposableStack();
before(async () => {
  provider = stack.use(await OidcProvider.start());
  bed = stack.use(
    await startBrowserBed({
      ARRAS_OIDC_ISSUER: provider.issuer,
      ARRAS_OIDC_CLIENT_ID: OIDC_CLIENT.clientId,
      ARRAS_OIDC_CLIENT_SECRET: OIDC_CLIENT.clientSecret,
      ARRAS_OIDC_NAME: 'Lab login',
      ARRAS_EGRESS_ALLOW: '127.0.0.0/8',
    }),
  );
});
after(() => stack.disposeAsync());

const LONG = { timeout: 60_000 };

const homeOf = (name: string) => ({ XDG_CONFIG_HOME: join(bed.directory, name) });

/** Begins to sign in, as far as the address that the command line shows. */
async function beginLogin(name: string, ...options: readonly string[]) {
  const login = startCommand(['login', bed.url, '--device', ...options], { environment: homeOf(name) });
  let shown = '';
  login.child.stderr?.on('data', (text: string) => (shown += text));
  const [, address = '', code = ''] = await eventually(
    'the address is shown',
    async () => /(http:\S+\/ui\/device\?code=([B-Z]{4}-[B-Z]{4}))\n/.exec(shown) ?? assert.fail(shown),
    { timeoutMs: 60_000 },
  );
  return { login, code, at: address.slice(bed.url.length) };
}

test('somebody of the OpenID provider signs the command line in, on the page that it names', async () => {
  const { login, code, at } = await beginLogin(
    'lin',
    '--scopes',
    'jobs:write,tokens:read',
    '--lifetime',
    '7d',
  );
  const expected = [/status of 401/, new RegExp(`asked ${provider.issuer}`)];
  await using browser = await bed.open({ at, token: null, expected });
  const { page } = browser;
  await page.getByRole('link', { name: 'Sign in with Lab login' }).click(LONG);
  // Back from the provider on the page from which the browser left.
  await page.getByText(code).waitFor(LONG);
  for (const text of ['lin', '127.0.0.1', 'jobs:write, tokens:read', '7d 00h'])
    await page.locator('.device-facts').getByText(text).waitFor(LONG);
  await page.locator('.live-pill-live').waitFor(LONG);
  await browser.expectNoViolations();
  await browser.shoot('device');
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('The program is signed in').waitFor(LONG);
  const { code: exit, stderr } = await login.finished;
  assert.equal(exit, 0, stderr);
  assert.match(stderr, /Signed in to http:\S+ as lin\. /);
  const listed = await runCommand(['tokens', 'list', '--json', 'name,kind,scopes'], {
    environment: homeOf('lin'),
  });
  const own = JSON.parse(listed.stdout).find(({ kind }: { kind: string }) => kind === 'device');
  assert.match(own.name, /^arras on /);
  assert.deepEqual(own.scopes, ['jobs:write', 'tokens:read']);
});

test('a code is typed with the keyboard, and a refused command line says so', async () => {
  const { login, code } = await beginLogin('eve');
  const viewport = { width: 360, height: 740 };
  await using browser = await bed.open({
    at: '/ui/device',
    theme: 'dark',
    viewport,
    expected: [/status of 404/],
  });
  const { page } = browser;
  const box = page.getByRole('textbox', { name: 'Code that the program shows' });
  await box.fill('BCDF-BCDF');
  await page.keyboard.press('Enter');
  await page.getByText('No program waits to be signed in with this code.').waitFor(LONG);
  await browser.expectNoViolations();
  await page.getByRole('button', { name: 'Type another code' }).click();
  await box.fill(code.toLowerCase().replace('-', ' '));
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Refuse' }).waitFor(LONG);
  await page.locator('.device-facts').getByText('do everything that you may').waitFor(LONG);
  await browser.expectNoViolations();
  await browser.shoot('device-narrow');
  await page.getByRole('button', { name: 'Refuse' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('The program was refused').waitFor(LONG);
  const { code: exit, stderr } = await login.finished;
  assert.equal(exit, 4, stderr);
  assert.match(stderr, /The user has refused/);
});

test('where nobody is named and a provider signs people in, the command line shows a code by itself', async () => {
  await using screen = await openScreen(['login', bed.url], { url: '', environment: homeOf('ada') });
  await eventually('the code is shown', async () => /Approve if it shows/.test(await screen.read()), {
    timeoutMs: 60_000,
  });
});
