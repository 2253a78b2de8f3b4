import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Painter } from './painter.ts';

/** What a terminal of unlimited height shows after these writes: only the moves that the painter makes. */
function show(written: string): string[] {
  const lines: string[] = [''];
  let row = 0;
  // oxlint-disable-next-line eslint/no-control-regex
  for (const [token] of written.matchAll(/\x1b\[(\d+)A\r\x1b\[0J|\n|[^\n\x1b]+|\x1b\[\d+m/g)) {
    // oxlint-disable-next-line eslint/no-control-regex
    const up = /\x1b\[(\d+)A/.exec(token)?.[1];
    if (up !== undefined) {
      row -= Number(up);
      lines.length = row;
      lines[row] = '';
    } else if (token === '\n') {
      row += 1;
      lines[row] = '';
    } else lines[row] += token;
  }
  return lines.slice(0, -1);
}

function setUp(repaint: boolean, width = 80) {
  const state = { written: '', block: ['status 1'] };
  const painter = new Painter(
    { repaint, width: () => width, write: (text) => (state.written += text) },
    () => state.block,
  );
  return { state, painter };
}

test('lines stay above the block, which is painted over', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { state, painter } = setUp(true);
  painter.start();
  painter.log('first');
  state.block = ['status 2', 'bar'];
  t.mock.timers.tick(250);
  painter.log('second', 'third');
  assert.deepEqual(show(state.written), ['first', 'second', 'third', 'status 2', 'bar']);
  painter.stop();
  assert.deepEqual(show(state.written), ['first', 'second', 'third']);
});

test('a block that did not change is not written again, and time alone paints at most four times a second', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { state, painter } = setUp(true);
  painter.start();
  t.mock.timers.tick(250);
  const before = state.written;
  t.mock.timers.tick(1_000);
  assert.equal(state.written, before);
  const writes = mock.fn(() => [`${writes.mock.callCount()}`]);
  const busy = new Painter({ repaint: true, width: () => 80, write: () => undefined }, writes);
  busy.start();
  t.mock.timers.tick(1_000);
  assert.equal(writes.mock.callCount(), 4);
  painter.stop();
  busy.stop();
});

test('lines of the block never wrap', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { state, painter } = setUp(true, 10);
  state.block = ['\x1b[32m0123456789abcdef\x1b[0m'];
  painter.start();
  t.mock.timers.tick(250);
  assert.deepEqual(show(state.written), ['01234567…']);
  painter.stop();
});

test('where nothing may be painted over there are only lines', () => {
  const { state, painter } = setUp(false);
  painter.start();
  painter.log('first');
  painter.log();
  painter.log('second');
  painter.stop();
  assert.equal(state.written, 'first\nsecond\n');
});
