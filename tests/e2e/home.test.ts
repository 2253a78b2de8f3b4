import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type BrowserBed, startBrowserBed } from '../support/browser-bed.ts';
import { eventually } from '../support/eventually.ts';
import { PAGE_WAIT } from '../support/jobs-page.ts';
import { addListedJobs } from '../support/listed-jobs.ts';

let bed: BrowserBed;
before(async () => {
  bed = await startBrowserBed();
});
after(() => bed[Symbol.asyncDispose]());

test('who has no jobs yet is told how the first one comes', async () => {
  for (const theme of ['light', 'dark'] as const) {
    await using opened = await bed.open({ theme });
    const { page, expectNoViolations, shoot } = opened;
    await page.getByText('You have no jobs yet.').waitFor();
    await page.getByText('arras jobs submit -F job.json --watch').waitFor();
    await page.getByText('A job.json to begin with').click();
    await page.getByRole('button', { name: 'Copy job.json' }).waitFor();
    await page.getByText('"appId":').waitFor();
    await expectNoViolations();
    await shoot('home-empty');
  }
});

test('Home tells what failed and finished since the last visit, and runs and waits now', async () => {
  await addListedJobs(bed.database.pool, { owner: 'admin', count: 2_000 });
  await addWaiting();
  await bed.submit('wait-1.0', 'name=long <b>runner</b>');
  for (const theme of ['light', 'dark'] as const) {
    await using opened = await bed.open({ theme });
    const { page, expectNoViolations, shoot } = opened;
    const part = (name: string) => page.getByRole('region', { name });
    await part('Running now').getByText('long <b>runner</b>').waitFor();
    await part('Waiting long').getByText('waits since yesterday').waitFor();
    await part('Failed').getByRole('listitem').first().waitFor();
    await part('Systems in trouble').getByText('All systems answer.').waitFor();
    await expectNoViolations();
    await shoot('home');
    await page.setViewportSize({ width: 360, height: 740 });
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(width <= 360, `the page is ${width} wide`);
    await shoot('home-narrow');
  }
});

test('news that was seen is news no more, what comes after it is, and its link lists the same', async () => {
  await using opened = await bed.open();
  const { page } = opened;
  const failed = page.getByRole('region', { name: 'Failed' });
  await failed.getByRole('listitem').first().waitFor();
  await page.getByRole('button', { name: 'I have seen it' }).click();
  await failed.getByText('Nothing failed.').waitFor();
  await bed.submit('fail-1.0', 'name=fresh failure');
  await failed.getByRole('link', { name: 'fresh failure' }).waitFor(ANSWER);
  await page.reload();
  await failed.getByRole('link', { name: 'fresh failure' }).waitFor();
  await page.getByText('Since your last visit').waitFor();
});

test('a part that cannot be read says so, keeps the others, and comes back', async () => {
  await using opened = await bed.open({ expected: [/Failed to load resource|ERR_|503/] });
  const { page } = opened;
  const running = page.getByRole('region', { name: 'Running now' });
  await running.getByText('long <b>runner</b>').waitFor();
  const isCount = (url: URL) => url.pathname === '/jobs/v2/counts' && url.search.includes('RUNNING');
  await page.route(isCount, (route) => route.fulfill({ status: 503, json: { message: 'not now' } }));
  await page.reload();
  await running.getByRole('alert').getByText('not now').waitFor();
  await page.getByRole('region', { name: 'Waiting long' }).getByText('waits since yesterday').waitFor();
  await page.unroute(isCount);
  await running.getByRole('button', { name: 'Try again' }).click();
  await eventually('the part is back', () => running.getByText('long <b>runner</b>').isVisible(), PAGE_WAIT);
});

/** The machine may be busy with other tests. */
const ANSWER = { timeout: 60_000 };

/** A job that waits in the queue of a system, where nothing looks after it. */
async function addWaiting(): Promise<void> {
  await bed.database.pool.query(
    `insert into jobs (id, name, owner, app_id, app_uuid, app_revision, execution_system, node_count,
      processors_per_node, archive, inputs, parameters, status, seq, visible, created_at, last_updated, submit_time)
    select '1750000000000000000-0000aaaa-0001-007', 'waits since yesterday', owner, app_id, app_uuid, app_revision,
      'away', 1, 1, false, '{}', '{}', 'QUEUED', 4, true, now() - interval '1 day', now() - interval '1 day',
      now() - interval '1 day'
    from jobs limit 1`,
  );
}
