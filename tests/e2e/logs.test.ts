import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { jobEnd, jobStatus, registerApp } from '../support/api.ts';
import { type BrowserBed, PLAIN_HOST, startBrowserBed } from '../support/browser-bed.ts';
import { eventually } from '../support/eventually.ts';

const MILLION = '1048576';

/** Programs by the logs that they write. */
const PROGRAMS = {
  // A million numbered lines of 101 bytes.
  large: `seq -f '%09.0f ${'.'.repeat(88)} x' 1 1000000\n`,
  hostile: [
    `echo '<script>document.title="run"</script><img src=x onerror="document.title=1">'`,
    String.raw`printf '\033[2J\033]0;title\007\033[1;31mred \033[42mon green\033[0m \033[38;5;208morange\033[0m\n'`,
    String.raw`printf 'name \342\200\256txt.exe \327\251\327\234\327\225\327\235 \331\205\330\261\330\255\330\250\330\247 end\n'`,
    String.raw`printf 'bad \377\376 bytes \001\n'`,
    String.raw`printf ' 10%%\r 50%%\r100%% done\n'`,
    `head -c ${MILLION} /dev/zero | tr '\\0' x`,
    `echo`,
    `echo last`,
    '',
  ].join('\n'),
  failing: 'seq 1 3000\n{ seq 1 500; echo "Traceback (most recent call last):"; seq 1 300; } >&2\nexit 3\n',
  growing:
    'i=0\nwhile [ ! -e stop ]; do i=$((i + 1)); echo "line $i"; [ $i -gt 300 ] && sleep 0.05; done\necho "the end"\n',
} as const;

let bed: BrowserBed;
before(async () => {
  bed = await startBrowserBed();
  const systems = { root: join(bed.directory, 'systems'), storage: 'store', execution: 'local' };
  for (const [name, template] of Object.entries(PROGRAMS))
    await registerApp(bed.api, systems, { name, template });
});
after(() => bed[Symbol.asyncDispose]());

const pane = (page: Page, name: string) => page.getByRole('region', { name, exact: true }).last();
const output = (page: Page) => pane(page, 'Standard output');
const row = (page: Page, text: string) => page.locator('.log-row', { hasText: text }).first();

async function finished(app: keyof typeof PROGRAMS): Promise<string> {
  const id = await bed.submit(`${app}-1.0`);
  await jobEnd(bed.api, id);
  return id;
}

test('a log of 100 MB opens at its end, and any place of it is near', async (t) => {
  const id = await finished('large');
  await using tab = await bed.open({ at: `/ui/jobs/${id}` });
  const { page } = tab;
  await page.getByRole('tab', { name: 'Timeline' }).waitFor();
  const began = performance.now();
  await page.goto(`/ui/jobs/${id}?tab=logs&stream=out`);
  await row(page, '001000000 ').waitFor();
  t.diagnostic(
    `100 MB log: open at its end after ${Math.round(performance.now() - began)} ms, page load included`,
  );
  assert.equal(await row(page, '001000000 ').locator('.log-number').textContent(), '·');

  await page.getByRole('slider').fill('50500000');
  await row(page, '000500001 ').waitFor();
  await page.getByRole('button', { name: 'Number lines' }).click();
  await page.locator('.log-number', { hasText: '500001' }).first().waitFor();
  await tab.shoot('logs-large');

  await page.getByRole('searchbox').fill('000123456 ');
  await page.getByRole('button', { name: 'Search all' }).click();
  await page.getByText('1 line', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Next match' }).click();
  await row(page, '000123456 ').locator('.log-number', { hasText: '123456' }).waitFor();

  await page.goto(`/ui/jobs/${id}?tab=logs&stream=out#L777777-L777779`);
  await page.reload();
  await row(page, '000777778 ').waitFor();
  assert.equal(await page.locator('.log-row-chosen').count(), 3);

  await output(page).evaluate((box) => {
    for (let times = 1; times <= 200; times++) setTimeout(() => (box.scrollTop -= 3_000), times * 10);
  });
  await eventually('scrolling has come far', async () => {
    const number = await page.locator('.log-number').first().textContent();
    return Number(number) < 770_000;
  });
  const client = await tab.context.newCDPSession(page);
  await client.send('HeapProfiler.collectGarbage');
  const { usedSize } = await client.send('Runtime.getHeapUsage');
  const megabytes = usedSize / 1e6;
  t.diagnostic(
    `100 MB log: ${megabytes.toFixed(1)} MB on the heap of the tab, ${await memoryOfTab()} MB in its process`,
  );
  assert.ok(megabytes < 150);
});

/** Private memory of the largest process of a page, in MB, as Linux tells it. */
async function memoryOfTab(): Promise<number> {
  const client = await bed.browser.newBrowserCDPSession();
  const { processInfo } = await client.send('SystemInfo.getProcessInfo');
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(async ({ id }) => {
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      return Number(/^RssAnon:\s+([0-9]+) kB$/m.exec(status)?.[1] ?? 0) / 1_000;
    });
  return Math.round(Math.max(...(await Promise.all(sizes))));
}

for (const theme of ['light', 'dark'] as const)
  test(`what a program writes to harm a page or a terminal is only text (${theme})`, async () => {
    const id = await finished('hostile');
    await using tab = await bed.open({ at: `/ui/jobs/${id}?tab=logs`, theme });
    const { page } = tab;
    await row(page, 'last').waitFor();
    await page.getByText('<script>document.title="run"</script>').waitFor();
    assert.match(await page.title(), /test job/);
    assert.equal(await page.locator('.ansi-red').first().textContent(), 'red ');
    await page.getByText('U+202E').waitFor();
    await page.getByText('bad �� bytes').waitFor();
    assert.equal(await row(page, 'done').locator('.log-text').textContent(), '100% done');
    await tab.expectNoViolations();
    await tab.shoot('logs-hostile');
    await page.getByRole('button', { name: /show whole line/ }).click();
    await page.getByRole('button', { name: /Show more/ }).click();
    await tab.expectNoViolations();
    await page.keyboard.press('Escape');
    await page.keyboard.press('w');
    await row(page, 'last').waitFor();
    await tab.shoot('logs-wrapped');
    await page.keyboard.press('w');
  });

test('a failed job shows where its standard error says why', async () => {
  const id = await finished('failing');
  await using tab = await bed.open({ at: `/ui/jobs/${id}?tab=logs`, viewport: { width: 360, height: 740 } });
  const { page } = tab;
  await row(page, 'Traceback').waitFor();
  assert.equal(await page.locator('.log-row-chosen').textContent(), '501Traceback (most recent call last):');
  await tab.expectNoViolations();
  await output(page).scrollIntoViewIfNeeded();
  await tab.shoot('logs-failed-narrow');
});

test('a log is followed, through a restart of the service, until the job ends', async () => {
  const id = await bed.submit('growing-1.0');
  await jobStatus(bed.api, id, 'RUNNING');
  await using tab = await bed.open({ at: `/ui/jobs/${id}?tab=logs`, expected: [/Failed to load|ERR_|50\d/] });
  const { page } = tab;
  await page.getByText('● live').first().waitFor();
  // Lines pass by: which of them is seen is a matter of chance.
  await eventually('lines come', async () => (await lastNumber(page)) >= 320, { timeoutMs: 60_000 });
  await output(page).hover();
  await page.mouse.wheel(0, -2_000);
  await page.getByRole('button', { name: /new lines/ }).waitFor();
  await tab.shoot('logs-new-lines');
  await page.getByRole('button', { name: /new lines/ }).click();
  await page.getByRole('button', { name: /new line/ }).waitFor({ state: 'detached' });
  // Six connections are all that a browser opens to a service: more tabs look instead of holding some.
  for (const other of [await tab.openTab(page.url()), await tab.openTab(page.url())]) {
    await other.getByText('looked at every second').first().waitFor();
    const before = await lastNumber(other);
    await eventually('lines come there too', async () => (await lastNumber(other)) > before);
    await other.close();
  }
  await bed.kill();
  await page.getByText('connection lost').first().waitFor();
  await bed.revive();
  await page.getByText('● live').first().waitFor();
  const seen = await lastNumber(page);
  await eventually('new lines come', async () => (await lastNumber(page)) > seen, { timeoutMs: 30_000 });
  await bed.api.call('POST', `/jobs/v2/${id}`, { action: 'stop' });
  await page.getByText('complete').first().waitFor();
  const numbers = await numbersOf(page);
  const first = numbers[0] ?? 0;
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => first + index),
    'no line is lost or doubled',
  );
});

test('where browsers have no locks logs are streamed as well, and by as many tabs as may', async () => {
  const id = await bed.submit('growing-1.0');
  await jobStatus(bed.api, id, 'RUNNING');
  // A look at a log that has nothing new is answered so.
  const expected = [/status of 416/];
  await using tab = await bed.open({ at: `/ui/jobs/${id}?tab=logs`, host: PLAIN_HOST, expected });
  const { page } = tab;
  const states = (of: Page, text: string) => of.locator('.log-facts', { hasText: text });
  await eventually('both logs are live', async () => (await states(page, '● live').count()) === 2);
  const other = await tab.openTab(page.url());
  await states(other, '◷ looked at every second').nth(1).waitFor();
  await page.close();
  await eventually(
    'they are live in the other tab',
    async () => (await states(other, '● live').count()) === 2,
  );
  await bed.api.call('POST', `/jobs/v2/${id}`, { action: 'stop' });
  await other.getByText('complete').first().waitFor();
});

async function numbersOf(page: Page): Promise<readonly number[]> {
  const texts = await page.locator('.log-text').allTextContents();
  return texts.flatMap((text) => /^line ([0-9]+)$/.exec(text)?.[1] ?? []).map(Number);
}

async function lastNumber(page: Page): Promise<number> {
  return (await numbersOf(page)).at(-1) ?? 0;
}

test('lines are chosen, linked and copied', async () => {
  const id = await finished('failing');
  await using tab = await bed.open({ at: `/ui/jobs/${id}?tab=logs&stream=out#L120` });
  const { page } = tab;
  await tab.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.locator('.log-row-chosen').getByText('120').first().waitFor();
  await page.getByLabel('Line 122', { exact: true }).click({ modifiers: ['Shift'] });
  assert.equal(new URL(page.url()).hash, '#L120-L122');
  await page.getByRole('button', { name: 'Copy lines' }).click();
  await page.getByText('Copied.').waitFor();
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), '120\n121\n122\n');
  await page.keyboard.press('f');
  await page.getByRole('button', { name: 'Leave full screen' }).waitFor();
  await tab.expectNoViolations();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Full screen' }).waitFor();
});
