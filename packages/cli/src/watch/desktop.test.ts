import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '../session.ts';
import { openDesktop } from './desktop.ts';

/** What a whole watch writes for the desktop. */
function write({
  env = {},
  repaint = true,
  notify = true,
  sentence = 'FINISHED demo after 2s',
} = {}): string {
  let written = '';
  const terminal = { isTty: true, colour: true, unicode: true, repaint };
  const out = (text: string) => (written += text);
  const desktop = openDesktop({ env, terminal, out } as unknown as Session, { notify });
  desktop.begin();
  desktop.end(sentence);
  desktop.clear();
  return written;
}

const NOTIFICATION = '\x1b]9;FINISHED demo after 2s\x07';

test('a terminal gets a notification, and progress where it is known to show it', () => {
  assert.equal(write(), NOTIFICATION);
  for (const env of [{ WT_SESSION: 'x' }, { VTE_VERSION: '7900' }, { TERM_PROGRAM: 'ghostty' }])
    assert.equal(write({ env }), `\x1b]9;4;3;0\x07${NOTIFICATION}\x1b]9;4;0;0\x07`);
});

test('nothing is written where nothing may be painted over, on a console that prints it, and with --no-notify', () => {
  assert.equal(write({ repaint: false }), '');
  assert.equal(write({ env: { TERM: 'linux' } }), '');
  assert.equal(write({ notify: false }), '');
});

test('the sentence can be no other sequence', () => {
  assert.equal(write({ sentence: '4;1;\x1b]52;c;x\x07' }), '\x1b]9;Jobs: 4;1;]52;c;x\x07');
});
