import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksLikeText, previewKindOf } from './preview-kind.ts';

const kindOf = (name: string, mimeType: string, length = 100) => previewKindOf({ name, mimeType, length });

test('files are shown as what their types say', () => {
  assert.equal(kindOf('a.csv', 'text/csv'), 'table');
  assert.equal(kindOf('a.json', 'application/json'), 'json');
  assert.equal(kindOf('a.png', 'image/png'), 'image');
  assert.equal(kindOf('a.tar', 'application/x-tar'), 'none');
  assert.equal(kindOf('run.ipcexe', 'application/octet-stream'), 'text');
  assert.equal(kindOf('README', 'application/octet-stream'), 'unknown');
});

test('documents are text, and drawings are pictures', () => {
  assert.equal(kindOf('a.html', 'text/html'), 'text');
  assert.equal(kindOf('a.xml', 'application/xml'), 'text');
  assert.equal(kindOf('a.svg', 'image/svg+xml'), 'image');
  assert.equal(kindOf('a.pdf', 'application/pdf'), 'none');
});

test('what is too large to be shown as a whole is not', () => {
  assert.equal(kindOf('a.json', 'application/json', 2_000_000), 'text');
  assert.equal(kindOf('a.png', 'image/png', 50_000_000), 'none');
});

test('text is known by its bytes', () => {
  assert.equal(looksLikeText(new TextEncoder().encode('a\tb\r\n\u001b[31mü')), true);
  assert.equal(looksLikeText(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0)), false);
  assert.equal(looksLikeText(Uint8Array.from({ length: 100 }, (_, index) => index % 9 || 1)), false);
  assert.equal(looksLikeText(new Uint8Array(0)), true);
});
