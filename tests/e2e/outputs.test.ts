import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { jobEnd, jobStatus, registerApp, submitJob } from '../support/api.ts';
import { type BrowserBed, startBrowserBed } from '../support/browser-bed.ts';

const HARM = '<script>document.title="run"</script><img src=x onerror="document.title=1">';

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80" onload="parent.document.title='run'">
<script>parent.document.title='run'</script><rect width="200" height="80" fill="#1a7f5a"/>
<text x="20" y="50" fill="white">drawing</text></svg>`;

/** Files of a job, by their paths. */
const FILES: Readonly<Record<string, string | Buffer>> = {
  'table.csv': `name,note\nalpha,"a, ""quoted"" cell"\n"<b>beta</b>",${HARM.replaceAll('"', '""')}\n`,
  'data.json': JSON.stringify({ name: 'rna', values: [1, 2, { deep: [true, null] }], markup: HARM }),
  'page.html': HARM,
  'drawing.svg': SVG,
  'program.bin': Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]),
  README: 'read me first\nthen the rest\n',
  [`a'b"c<img src=x onerror=1>.txt`]: 'hostile name\n',
  'sub/deep/result.txt': 'the result\n',
};

let bed: BrowserBed;
let id: string;
before(async () => {
  bed = await startBrowserBed();
  const systems = { root: join(bed.directory, 'systems'), storage: 'store', execution: 'local' };
  await registerApp(bed.api, systems, {
    name: 'writing',
    template: 'while [ ! -e go ]; do sleep 0.1; done\n',
  });
  id = (await submitJob(bed.api, 'writing-1.0')).id;
  await jobStatus(bed.api, id, 'RUNNING');
});
after(() => bed[Symbol.asyncDispose]());

const file = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const preview = (page: Page, name: string) => page.getByRole('region', { name: `Preview of ${name}` });

/** The work directory of the job. */
async function directoryOf(): Promise<string> {
  const scratch = join(bed.directory, 'systems/scratch');
  const all = await readdir(scratch, { recursive: true });
  const found = all.find((path) => path.split('/').at(-1)?.startsWith(id) === true);
  assert.ok(found !== undefined, all.join('\n'));
  return join(scratch, found);
}

test('files appear while the job runs, and directories open', async () => {
  await using tab = await bed.open({ at: `/ui/jobs/${id}?tab=outputs` });
  const { page } = tab;
  await page.getByRole('link', { name: 'Download all as zip' }).waitFor();
  assert.equal(await file(page, 'README').count(), 0);
  const directory = await directoryOf();
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  await file(page, 'README').waitFor();
  await file(page, 'sub/').click();
  await file(page, 'deep/').click();
  await file(page, 'result.txt').click();
  await preview(page, 'sub/deep/result.txt').getByText('the result').waitFor();
  assert.equal(new URL(page.url()).searchParams.get('file'), 'sub/deep/result.txt');
  await tab.expectNoViolations();
  await tab.shoot('outputs');
  await writeFile(join(directory, 'go'), '');
  await jobEnd(bed.api, id);
  await page.goBack();
  await preview(page, 'sub/deep/result.txt').waitFor({ state: 'detached' });
});

for (const theme of ['light', 'dark'] as const)
  test(`files are shown as tables, trees, pictures and text, and never run (${theme})`, async () => {
    await using tab = await bed.open({ at: `/ui/jobs/${id}?tab=outputs`, theme });
    const { page } = tab;
    const show = async (name: string) => {
      await file(page, name).click();
      await preview(page, name).scrollIntoViewIfNeeded();
      return preview(page, name);
    };
    const table = await show('table.csv');
    await table.getByRole('cell', { name: 'a, "quoted" cell' }).waitFor();
    await table.getByRole('cell', { name: '<b>beta</b>' }).waitFor();
    await tab.expectNoViolations();
    await tab.shoot('outputs-table');
    const json = await show('data.json');
    await json.getByText('name: "rna"').waitFor();
    await json.getByText('values:').click();
    await json.getByText('deep:').waitFor({ state: 'detached' });
    await json.getByText('2:', { exact: true }).click();
    await json.getByText('deep:').waitFor();
    await tab.expectNoViolations();
    const html = await show('page.html');
    await html.getByText(HARM).waitFor();
    const drawing = await show('drawing.svg');
    const picture = drawing.getByRole('img', { name: 'drawing.svg' });
    await picture.waitFor();
    const width = `document.querySelector('.preview-image').decode().then(() => document.querySelector('.preview-image').naturalWidth)`;
    assert.equal(await page.evaluate(width), 200);
    await tab.shoot('outputs-drawing');
    await (await show('program.bin')).getByText('cannot be shown here').waitFor();
    await (await show('README')).getByText('read me first').waitFor();
    await (await show(`a'b"c<img src=x onerror=1>.txt`)).getByText('hostile name').waitFor();
    await tab.expectNoViolations();
    assert.match(await page.title(), /test job/);
  });

test('what names a file is copied, and a directory is downloaded as zip', async () => {
  await using tab = await bed.open({
    at: `/ui/jobs/${id}?tab=outputs`,
    viewport: { width: 360, height: 740 },
  });
  const { page } = tab;
  await tab.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy what names README' }).click();
  await page.getByRole('menuitem', { name: 'Copy address' }).click();
  await page.getByText('Copied.').waitFor();
  assert.equal(
    await page.evaluate('navigator.clipboard.readText()'),
    `${bed.url}/jobs/v2/${id}/outputs/media/README`,
  );
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Zip sub' }).click();
  assert.equal((await coming).suggestedFilename(), 'sub.zip');
  await tab.expectNoViolations();
  await tab.shoot('outputs-narrow');
});

test('a job without any output says so', async () => {
  await using tab = await bed.open();
  const { page } = tab;
  const nothing = { status: 'success', message: null, version: '', result: [] };
  await page.route('**/outputs/listings*', (route) => route.fulfill({ json: nothing }));
  await page.goto(`/ui/jobs/${id}?tab=outputs`);
  await page.getByText('The job has no output.').waitFor();
  await page.goto(`/ui/jobs/${id}?tab=logs`);
  await page.getByText('The job has written nothing.').waitFor();
  await page.getByText(`arras jobs logs -f ${id}`).waitFor();
  await tab.expectNoViolations();
});
