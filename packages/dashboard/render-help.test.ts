import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderHelp } from './render-help.ts';

const KNOWN = new Set(['guides/data', 'glossary']);
const html = (markdown: string) => renderHelp('guides/data', markdown, KNOWN).html;

test('links between documents lead to the help, others of the repository are their text', () => {
  assert.match(html('[g](../glossary.md#try)'), /<a href="\/ui\/help\/glossary#try">g<\/a>/);
  assert.match(html('[a](#here)'), /<a href="#here">a<\/a>/);
  assert.equal(html('[code](../../packages/x.ts)').trim(), '<p>code</p>');
  assert.match(html('[o](https://example.org)'), /target="_blank" rel="noopener noreferrer"/);
});

test('raw HTML, scripts and pictures are dropped', () => {
  for (const text of ['<script>alert(1)</script>', 'a <img src=x onerror=y> b', '[x](javascript:alert(1))'])
    assert.doesNotMatch(html(text), /<script|<img|javascript:/);
  assert.equal(html('![a "b"](https://example.org/a.png)').trim(), '<p>a &quot;b&quot;</p>');
  assert.match(html('```\n<b>\n```'), /&lt;b&gt;/);
});

test('headings have the ids that GitHub gives them, each once', () => {
  const { html: made, title } = renderHelp('a', '# The `try`\n\n## One, two\n\n## One, two', KNOWN);
  assert.equal(title, 'The try');
  assert.deepEqual(
    [...made.matchAll(/id="([^"]+)"/g)].map(([, id]) => id),
    ['the-try', 'one-two', 'one-two-1'],
  );
});

test('a table can be scrolled by the keyboard and has a header', () => {
  assert.match(
    html('| a | b |\n|---|---|\n| 1 | `2` |'),
    /tabindex="0"><table><thead><tr><th scope="col">a<\/th>/,
  );
});
