import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Column, renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';

interface Row {
  readonly id: string;
  readonly size: number | null;
}

const columns: Column<Row>[] = [
  { title: 'id', cell: ({ id }) => id, shrink: 'middle' },
  { title: 'size', cell: ({ size }) => size, align: 'right' },
];
const plain: Terminal = { isTty: false, colour: false, unicode: false, repaint: false };
const screen: Terminal = { isTty: true, colour: false, unicode: true, repaint: true };

test('columns are as wide as their widest cell and absent values are a dash', () => {
  const rows = [
    { id: 'a', size: 12 },
    { id: 'bcd', size: null },
  ];
  assert.equal(
    renderTable(columns, rows, { terminal: plain, width: 80 }),
    'id   size\na      12\nbcd     -\n',
  );
});

test('on a screen the columns that may give way are cut to its width', () => {
  const rows = [{ id: 'abcdefghijklmnopqrstuvwxyz', size: 1 }];
  const lines = renderTable(columns, rows, { terminal: screen, width: 20 }).split('\n');
  assert.equal(lines[1], 'abcdefg…uvwxyz     1');
  assert.ok(lines.every((line) => line.length <= 20));
});

test('on a screen the columns that can be done without are left out where nothing else helps', () => {
  const wide: Column<Row>[] = [
    ...columns,
    { title: 'kind', cell: () => 'a kind', dispensable: true },
    { title: 'place', cell: () => 'a place', dispensable: true },
  ];
  const rows = [{ id: 'abcdefghijklmnopqrstuvwxyz', size: 1 }];
  const titles = (width: number) => renderTable(wide, rows, { terminal: screen, width }).split('\n')[0];
  assert.equal(titles(31), 'id        size  kind    place');
  assert.equal(titles(30), 'id                size  kind');
  assert.equal(titles(20), 'id              size');
  assert.match(renderTable(wide, rows, { terminal: plain, width: 20 }), /kind {4}place/);
});

test('what is piped is whole, whatever the width', () => {
  const rows = [{ id: 'abcdefghijklmnopqrstuvwxyz', size: 1 }];
  assert.match(renderTable(columns, rows, { terminal: plain, width: 10 }), /abcdefghijklmnopqrstuvwxyz/);
});

test('a cell cannot bring control characters or line ends', () => {
  const text = renderTable(columns, [{ id: 'a\n\x1b[31mb', size: 0 }], { terminal: plain, width: 80 });
  assert.equal(text, 'id       size\na [31mb     0\n');
});

test('colours do not change the layout', () => {
  const coloured: Column<Row>[] = [
    { title: 'id', cell: ({ id }) => id, tone: () => 'ok' },
    { title: 'size', cell: ({ size }) => size },
  ];
  const text = renderTable(coloured, [{ id: 'a', size: 1 }], {
    terminal: { ...screen, colour: true },
    width: 80,
  });
  assert.equal(text, '\x1b[1mid\x1b[0m  \x1b[1msize\x1b[0m\n\x1b[32ma\x1b[0m   1\n');
});
