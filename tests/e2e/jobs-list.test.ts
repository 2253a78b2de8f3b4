import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type BrowserBed, startBrowserBed } from '../support/browser-bed.ts';
import { eventually } from '../support/eventually.ts';
import {
  filterOf,
  firstRow,
  JOB_ROW,
  measureFilter,
  measureScroll,
  PAGE_WAIT,
  rowOf,
  watchFirstRows,
} from '../support/jobs-page.ts';
import { addListedJobs } from '../support/listed-jobs.ts';

const JOBS = 10_000;

let bed: BrowserBed;
before(async () => {
  bed = await startBrowserBed();
  await addListedJobs(bed.database.pool, { owner: 'admin', count: JOBS });
});
after(() => bed[Symbol.asyncDispose]());

test('ten thousand jobs are there at once, filter at every key and scroll smoothly', async (t) => {
  await using opened = await bed.open({ at: '/ui/help' });
  const { page } = opened;
  await watchFirstRows(page);
  await page.goto('/ui/jobs');
  await firstRow(page, `-${JOBS}`);
  const painted = await page.evaluate<number>('globalThis.firstRowsMs');
  t.diagnostic(`first rows of ${JOBS} jobs: ${Math.round(painted)} ms after the navigation`);
  await page.getByText(`${JOBS.toLocaleString('en')} jobs`).waitFor();

  const took: number[] = [];
  for (const [text, row] of [
    ['blast', 'blast'],
    ['fold-99', 'fold-99'],
    ['status:killed', 'KILLED'],
    ['pyplot-1', 'pyplot-1'],
    ['status:failed app:app3*', 'FAILED'],
  ] as const)
    took.push(await measureFilter(page, text, row));
  t.diagnostic(`keystroke to rows: ${took.map((ms) => Math.round(ms)).join(', ')} ms`);

  await filterOf(page).fill('');
  await firstRow(page, `-${JOBS}`);
  await page.getByText(`${JOBS.toLocaleString('en')} jobs`).waitFor();
  const long = await measureScroll(page, 120);
  t.diagnostic(`scrolled ${JOBS} rows in 120 frames; tasks over 50 ms: ${long.length}`);
  await eventually(
    'the last job',
    () => page.getByText('assembly-1', { exact: true }).isVisible(),
    PAGE_WAIT,
  );
  const drawn = await page.locator(JOB_ROW).count();
  assert.ok(drawn < 60, `${drawn} rows are drawn`);
  // Another list is shown from its beginning, wherever the one before was scrolled to.
  await filterOf(page).fill('fold');
  await firstRow(page, 'fold-9999');
});

test('the page is sound in light and dark, full, grouped, mistaken, empty and narrow', async () => {
  for (const theme of ['light', 'dark'] as const) {
    await using opened = await bed.open({ at: '/ui/jobs', theme });
    const { page, expectNoViolations, shoot } = opened;
    await firstRow(page, `-${JOBS}`);
    await expectNoViolations();
    await shoot('jobs');
    await page.goto('/ui/jobs?q=status:failed&group=app');
    await page.getByRole('button', { name: /app0-1.0/ }).waitFor();
    await expectNoViolations();
    await shoot('jobs-grouped');
    await filterOf(page).fill('status:failed created:>7x');
    await page.getByText("unknown unit 'x'").waitFor();
    await expectNoViolations();
    await shoot('jobs-mistake');
    await filterOf(page).fill('status:failed app:nowhere');
    await page.getByRole('button', { name: 'Without app:nowhere' }).waitFor();
    await expectNoViolations();
    await shoot('jobs-no-match');
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByRole('button', { name: 'Without app:nowhere' }).click();
    await firstRow(page, 'FAILED');
    await expectNoViolations();
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(width <= 360, `the page is ${width} wide`);
    await shoot('jobs-narrow');
  }
});

test('a new job comes by itself, but not under the pointer: there a pill says so', async () => {
  await using opened = await bed.open({ at: '/ui/jobs' });
  const { page } = opened;
  await firstRow(page, `-${JOBS}`);
  const hostile = '<img src=x onerror=alert(1)> \u202eevil';
  await bed.submit('greet-1.0', `name=${hostile}`, 'parameters.name=x');
  const row = await firstRow(page, '<img src=x onerror=alert(1)>');
  assert.match(row, /greet-1\.0/);
  await eventually(
    'FINISHED in its place',
    async () => (await firstRow(page, '<img')).includes('FINISHED'),
    PAGE_WAIT,
  );

  await page.locator(JOB_ROW).nth(2).hover();
  await bed.submit('greet-1.0', 'name=second comer', 'parameters.name=x');
  const pill = page.getByRole('button', { name: '1 new' });
  await pill.waitFor();
  assert.match(await firstRow(page, '<img'), /<img/);
  await pill.click();
  await firstRow(page, 'second comer');
  assert.equal(await pill.count(), 0);
});

test('many jobs are stopped with a preview, and are not said to be stopped before they are', async () => {
  await Promise.all(['one', 'two'].map((name) => bed.submit('wait-1.0', `name=halt ${name}`)));
  await using opened = await bed.open({ at: '/ui/jobs?q=halt' });
  const { page, shoot, expectNoViolations } = opened;
  await eventually('both run', async () => (await rowOf(page, 'RUNNING').count()) === 2, PAGE_WAIT);
  await page.getByRole('checkbox', { name: 'Select all' }).click();
  await page.getByRole('button', { name: 'Stop…' }).click();
  const dialog = page.getByRole('dialog');
  await expectNoViolations();
  await shoot('jobs-bulk');
  await dialog.getByRole('button', { name: 'Stop 2 jobs' }).click();
  await dialog.getByText('2 of 2 done.').waitFor();
  const results = await dialog.getByRole('list', { name: 'What came of it' }).textContent();
  assert.match(results ?? '', /stop requested|is STOPPED/);
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await eventually('both are stopped', async () => (await rowOf(page, 'STOPPED').count()) === 2, PAGE_WAIT);

  await page.getByRole('checkbox', { name: 'Select all' }).click();
  await page.getByRole('button', { name: 'Stop…' }).click();
  assert.match((await dialog.textContent()) ?? '', /2 jobs will be left alone:.*has ended already/);
  assert.ok(await dialog.getByRole('button', { name: 'Stop 0 jobs' }).isDisabled());
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Hide…' }).click();
  await dialog.getByRole('button', { name: 'Hide 2 jobs' }).click();
  await dialog.getByText('2 of 2 done.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('No job fits this filter.').waitFor();
});

test('columns and close rows stay in this browser, headings order, and groups close', async () => {
  await using opened = await bed.open({ at: '/ui/jobs' });
  const { page } = opened;
  await firstRow(page, '-1.0');
  await page.locator('summary', { hasText: 'Columns' }).click();
  await page.getByLabel('Owner').check();
  await page.getByLabel('Close rows').check();
  await page.reload();
  await page.getByRole('columnheader', { name: 'Owner' }).waitFor();
  const box = await page.locator(JOB_ROW).first().boundingBox();
  assert.equal(box?.height, 28);
  await filterOf(page).fill('assembly');
  await page.getByRole('button', { name: 'Name', exact: true }).click();
  await firstRow(page, 'assembly-1');
  assert.equal(await page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort'), 'ascending');
  assert.equal(await filterOf(page).inputValue(), 'assembly sort:name');
  await page.goto('/ui/jobs?q=fold-99&group=status');
  const heading = page.getByRole('button', { name: /FAILED · / });
  await heading.click();
  assert.equal(await heading.getAttribute('aria-expanded'), 'false');
  await eventually('the group is closed', async () => (await rowOf(page, 'FAILED').count()) === 0, PAGE_WAIT);
});

test('the keyboard alone filters, goes through the list, chooses and opens', async () => {
  await using opened = await bed.open({ at: '/ui/jobs' });
  const { page } = opened;
  await firstRow(page, '-1.0');
  await page.keyboard.press('/');
  await page.keyboard.type('fold-77');
  await firstRow(page, 'fold-77');
  await page.keyboard.press('Tab');
  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+Space');
  await page.getByText('1 chosen').waitFor();
  await page.keyboard.press('End');
  const current = await eventually(
    'the last row is the current one',
    async () => {
      const last = await page.locator(JOB_ROW).last().getAttribute('id');
      return (await page.getByRole('grid').getAttribute('aria-activedescendant')) === last ? last : null;
    },
    PAGE_WAIT,
  );
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/ui\/jobs\/\d+-/);
  assert.ok(page.url().endsWith(current.replace('job-row-', '')), page.url());
});

test('the keys [ and ] go by the list from which a job was opened, as it was filtered and sorted', async () => {
  await using opened = await bed.open({ at: '/ui/jobs?q=fold-77 sort:name' });
  const { page } = opened;
  await firstRow(page, 'fold-77');
  const ids = await page
    .locator(JOB_ROW)
    .evaluateAll((rows) => rows.map(({ id }) => id.slice('job-row-'.length)));
  // A key that comes while the job before is still shown is about that one.
  const isAt = async (place: number) => {
    const id = ids.at(place) ?? '';
    await page.waitForURL(`**/ui/jobs/${id}?tab=json`);
    await page.locator('.job-header-id').getByText(id).waitFor();
  };
  const press = async (key: string) => {
    await page.getByRole('tab', { name: 'JSON' }).waitFor();
    await page.keyboard.press(key);
  };
  await page.locator(`a[href$="${ids[1]}"]`).click();
  await page.getByRole('tab', { name: 'JSON' }).click();
  await isAt(1);
  await press(']');
  await isAt(2);
  await page.reload();
  await press('[');
  await isAt(1);
  await press('[');
  await isAt(0);
  await press('[');
  await page.getByText('This is the first job of the list.').waitFor();
  // What was not read of the list yet is read when it is needed.
  await page.evaluate(`{
    const kept = JSON.parse(sessionStorage.getItem('arras.last-list'));
    sessionStorage.setItem('arras.last-list', JSON.stringify({ ...kept, ids: kept.ids.slice(0, 1) }));
  }`);
  await press(']');
  await isAt(1);
});

test('views are kept on the service: saved, shown, changed and deleted', async () => {
  await using opened = await bed.open({ at: '/ui/jobs' });
  const { page } = opened;
  await firstRow(page, '-1.0');
  await page.getByRole('button', { name: /FAILED/ }).click();
  await page.waitForURL(/q=status/);
  await page.getByRole('button', { name: 'Save as…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('my bad');
  await page.keyboard.press('Enter');
  await dialog.getByText('without blanks').waitFor();
  await dialog.getByLabel('Name').fill('my-bad');
  await page.keyboard.press('Enter');
  await page.waitForURL(/view=my-bad$/);
  assert.equal(await filterOf(page).inputValue(), 'status:failed');
  const rows = await bed.api.call<readonly { filter: string }[]>('GET', '/jobs/v2/filters');
  assert.deepEqual(
    rows.map(({ filter }) => filter),
    ['status:failed'],
  );
  await filterOf(page).fill('status:failed blast');
  await page.getByRole('link', { name: 'my-bad (changed)' }).waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.reload();
  await firstRow(page, 'blast');
  await page.getByRole('button', { name: 'Delete view' }).click();
  await page.waitForURL(/\/ui\/jobs$/);
  assert.equal(await page.getByRole('link', { name: 'my-bad' }).count(), 0);
});

test('the list says how the same is asked elsewhere, and an outage keeps its rows', async () => {
  await using opened = await bed.open({
    at: '/ui/jobs?q=status:failed',
    expected: [/Failed to load resource|ERR_/],
  });
  const { page } = opened;
  await firstRow(page, 'FAILED');
  await page.getByText('API query').click();
  await page.getByText('GET /jobs/v2?status.eq=FAILED&orderBy=created&order=DESC').waitFor();
  await page.getByRole('button', { name: 'Copy as' }).click();
  await page
    .getByRole('menuitem', { name: 'Copy as CLI' })
    .getByText(`arras jobs list 'status:failed'`)
    .waitFor();
  await page.keyboard.press('Escape');
  await bed.kill();
  await filterOf(page).fill('status:failed blast');
  await page.getByRole('alert').getByText('cannot be reached').waitFor();
  assert.ok((await page.locator(JOB_ROW).count()) > 0);
  await bed.revive();
  await firstRow(page, 'blast');
  assert.equal(await page.getByRole('alert').count(), 0);
});
