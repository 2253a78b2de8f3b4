import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderManual } from './man-page.ts';
import { buildProgram } from './program.ts';
import { createRunner } from './runner.ts';

const pages = new Map(
  renderManual(buildProgram('arras', createRunner('arras')), '1.2.3').map(({ fileName, text }) => [
    fileName,
    text,
  ]),
);

test('the program and every command has a page of its own', () => {
  for (const name of [
    'arras',
    'arras-jobs',
    'arras-jobs-watch',
    'arras-notifications-replay',
    'arras-doctor',
  ])
    assert.ok(pages.has(`${name}.1`), name);
  assert.ok(![...pages.keys()].some((name) => name.includes('__')), 'what is hidden has none');
});

test('a page has what the help of its command has', () => {
  const page = pages.get('arras-jobs-watch.1') ?? '';
  assert.match(
    page,
    /^\.TH ARRAS-JOBS-WATCH 1 "" "arras 1\.2\.3" "Arras"\n\.SH NAME\narras\\-jobs\\-watch \\- show what happens/,
  );
  assert.match(page, /\n\.SH SYNOPSIS\n\.B arras jobs watch\n\[options\] \[id\.\.\.\]\n\.SH ARGUMENTS\n/);
  assert.match(page, /\n\.TP\n\.B \\-\\-compact\none line for each job\n/);
  assert.match(page, /\n\.SH EXAMPLES\n\.nf\narras jobs watch last\n/);
  assert.match(page, /\n\.SH SEE ALSO\narras\(1\), arras\\-jobs\(1\)\n$/);
});

test('the page of the program has the exit codes, the environment and its commands', () => {
  const page = pages.get('arras.1') ?? '';
  for (const title of ['OPTIONS', 'COMMANDS', 'EXIT STATUS', 'ENVIRONMENT'])
    assert.ok(page.includes(`\n.SH ${title}\n`), title);
  assert.match(page, /\n\.B arras\\-jobs\(1\)\nsubmit, list and watch jobs\n/);
});

test('no text of a page is taken for a request of roff, and quotation marks stay those of a shell', () => {
  const examples = pages.get('arras-jobs-list.1') ?? '';
  assert.ok(
    examples.includes('arras jobs list \\(aqstatus:finished,failed created:>7d sort:\\-created\\(aq'),
  );
  const requests = /^\.(TH [A-Z0-9-]+ 1 "" "arras 1\.2\.3" "Arras"|SH [A-Z ]+|TP|B .+|nf|fi)$/;
  for (const [name, text] of pages)
    for (const line of text.split('\n')) if (/^[.']/.test(line)) assert.match(line, requests, name);
});
