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

const OSC_9 = '\x1b]9;FINISHED demo after 2s\x07';
const OSC_777 = '\x1b]777;notify;Arras;FINISHED demo after 2s\x07';
const BELL = '\x07';

test('a terminal gets the notification that it knows, and its bell where nobody knows', () => {
  for (const env of [{ KITTY_WINDOW_ID: '1' }, { TERM_PROGRAM: 'iTerm.app' }])
    assert.equal(write({ env }), OSC_9);
  for (const env of [{ VTE_VERSION: '6800' }, { TERM: 'foot-extra' }, { TERM: 'rxvt-unicode-256color' }])
    assert.equal(write({ env }), OSC_777);
  for (const env of [{}, { TERM: 'screen' }]) assert.equal(write({ env }), BELL);
});

test('progress is written where it is known to be shown', () => {
  const around = (notification: string) => `\x1b]9;4;3;0\x07${notification}\x1b]9;4;0;0\x07`;
  assert.equal(write({ env: { WT_SESSION: 'x' } }), around(BELL));
  assert.equal(write({ env: { VTE_VERSION: '7900' } }), around(OSC_777));
  assert.equal(write({ env: { TERM_PROGRAM: 'ghostty' } }), around(OSC_9));
});

test('nothing is written where nothing may be painted over, on a console that prints it, and with --no-notify', () => {
  assert.equal(write({ repaint: false }), '');
  assert.equal(write({ env: { TERM: 'linux' } }), '');
  assert.equal(write({ notify: false }), '');
});

test('the sentence can be no other sequence', () => {
  const sentence = '4;1;\x1b]52;c;x\x07';
  assert.equal(write({ sentence, env: { KITTY_WINDOW_ID: '1' } }), '\x1b]9;Jobs: 4;1;]52;c;x\x07');
  assert.equal(write({ sentence, env: { TERM: 'foot' } }), '\x1b]777;notify;Arras;4;1;]52;c;x\x07');
});
