import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { registerApp } from '../support/api.ts';
import { type BrowserBed, startBrowserBed } from '../support/browser-bed.ts';
import { eventually } from '../support/eventually.ts';

let bed: BrowserBed;
before(async () => {
  bed = await startBrowserBed();
});
after(() => bed[Symbol.asyncDispose]());

/** The browser itself notes refusals, which these tests ask for. */
const REFUSED = [/status of 400/, /status of 404/];

const NARROW = { width: 360, height: 740 };

async function countJobs(): Promise<number> {
  const { total } = await bed.api.call<{ total: number }>('GET', '/jobs/v2/counts');
  return total;
}

async function expectNoOverflow(page: Page): Promise<void> {
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  assert.equal(await page.evaluate(overflow), 0);
}

test('somebody finds an app, is told what is missing, and a double click submits once', async () => {
  await using tab = await bed.open({ at: '/ui/submit', expected: REFUSED });
  const { page } = tab;
  await page.getByRole('link', { name: 'fail' }).waitFor();
  await tab.expectNoViolations();
  await tab.shoot('submit-apps');
  await page.getByLabel('Part of the app’s name').fill('gre');
  await page.getByRole('link', { name: 'fail' }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'greet' }).click();
  await page.getByText('One thing is not right yet.').waitFor();
  const name = page.getByRole('group', { name: 'Parameters' }).getByRole('textbox');
  assert.equal(await name.getAttribute('aria-invalid'), 'true');
  const described = await name.getAttribute('aria-describedby');
  assert.match((await page.locator(`[id="${described}"]`).textContent()) ?? '', /required|expected/);
  await tab.expectNoViolations();
  await tab.shoot('submit-problem');
  await name.fill('<b>Ada</b>');
  await page.getByLabel('Nodes').fill('two');
  await page
    .getByText(/nodeCount|whole number/)
    .first()
    .waitFor();
  await page.getByLabel('Nodes').fill('1');
  await page.getByText('The service would take it').waitFor();
  const before = await countJobs();
  await page.getByRole('button', { name: 'Submit', exact: true }).dblclick();
  await page.waitForURL(/\/ui\/jobs\/[\w-]+$/);
  await eventually('one job', async () => (await countJobs()) === before + 1);
});

test('the JSON is the same request, and a job is submitted again with changes by the keyboard alone', async () => {
  const id = await bed.submit('greet-1.0', 'parameters.name=Ada');
  await using tab = await bed.open({
    at: `/ui/submit?from=${id}`,
    theme: 'dark',
    viewport: NARROW,
    expected: REFUSED,
  });
  const { page } = tab;
  await page.getByText('The service would take it').waitFor();
  assert.equal(
    await page.getByRole('group', { name: 'Parameters' }).getByRole('textbox').inputValue(),
    'Ada',
  );
  await expectNoOverflow(page);
  await tab.expectNoViolations();
  await tab.shoot('submit-again');
  await page.getByRole('tab', { name: 'Form' }).focus();
  await page.keyboard.press('ArrowRight');
  const json = page.getByLabel('The request as JSON');
  const request = JSON.parse(await json.inputValue());
  assert.deepEqual(request.parameters, { name: 'Ada' });
  await json.fill('{');
  await page.getByText('No JSON yet').waitFor();
  await json.fill(JSON.stringify({ ...request, name: 'from JSON', batchQueue: 'nowhere' }));
  await page.getByText('batchQueue:').waitFor();
  await tab.expectNoViolations();
  await tab.shoot('submit-json');
  await page.getByRole('tab', { name: 'JSON' }).focus();
  await page.keyboard.press('ArrowLeft');
  assert.equal(await page.locator('input[name=name]').inputValue(), 'from JSON');
  await page.locator('select[name=batchQueue]').selectOption('');
  await page.getByText('The service would take it').waitFor();
  await page.locator('input[name=name]').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/ui\/jobs\/[\w-]+$/);
  const job = await bed.api.call<{ name: string }>('GET', `/jobs/v2/${page.url().split('/').at(-1)}`);
  assert.equal(job.name, 'from JSON');
});

test('every type of a parameter has its control, and the request has its values', async () => {
  const choice = [{ r: 'Red' }, { g: 'Green' }];
  await registerApp(
    bed.api,
    { root: join(bed.directory, 'systems'), storage: 'store', execution: 'local' },
    {
      name: 'types',
      template: 'true\n',
      inputs: [{ id: 'many', semantics: { maxCardinality: -1, fileTypes: ['text-0'] } }],
      parameters: [
        { id: 'word', value: { type: 'string', validator: '^[a-z]+$' }, details: { label: 'A <b>word</b>' } },
        { id: 'number', value: { type: 'number', default: 3 } },
        { id: 'truth', value: { type: 'bool', default: true } },
        { id: 'flag', value: { type: 'flag' } },
        { id: 'one', value: { type: 'enumeration', enum_values: choice } },
        { id: 'some', value: { type: 'enumeration', enum_values: choice }, semantics: { maxCardinality: 2 } },
        { id: 'hidden', value: { type: 'string', visible: false, default: 'kept' } },
      ],
    },
  );
  await using tab = await bed.open({ at: '/ui/submit?app=types-1.0', expected: REFUSED });
  const { page } = tab;
  await page.getByText('The service would take it').waitFor();
  await page.getByLabel('many').fill('agave://store/words.txt\nagave://store/apps/types/wrapper.sh');
  const word = page.getByLabel('A <b>word</b>');
  await word.fill('WORD');
  await page.getByText('One thing is not right yet.').waitFor();
  assert.equal(await word.getAttribute('aria-invalid'), 'true');
  await tab.expectNoViolations();
  await tab.shoot('submit-types');
  await word.fill('word');
  await page.getByLabel('number').fill('4.5');
  await page.getByLabel('truth').selectOption('false');
  await page.getByLabel('flag').check();
  await page.getByLabel('one').selectOption('Green');
  await page.getByRole('group', { name: 'some' }).getByLabel('Red').check();
  await page.getByText('The service would take it').waitFor();
  await page.getByRole('tab', { name: 'JSON' }).click();
  const { inputs, parameters } = JSON.parse(await page.getByLabel('The request as JSON').inputValue());
  assert.deepEqual(inputs, { many: ['agave://store/words.txt', 'agave://store/apps/types/wrapper.sh'] });
  assert.deepEqual(parameters, {
    number: 4.5,
    truth: false,
    word: 'word',
    flag: true,
    one: 'g',
    some: ['r'],
  });
});

test('an app that is not there says so, and leads to the others', async () => {
  await using tab = await bed.open({ at: '/ui/submit?app=nothing-1.0', expected: REFUSED });
  await tab.page.getByRole('alert').waitFor();
  await tab.expectNoViolations();
  await tab.page.getByRole('link', { name: 'Choose another app' }).click();
  await tab.page.getByRole('link', { name: 'greet' }).waitFor();
});
