import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeTerminal, paint, statusText } from './terminal.ts';

const utf8 = { LANG: 'C.UTF-8', TERM: 'xterm' };

test('a terminal has colours, symbols and may be painted over', () => {
  const terminal = describeTerminal({ isTty: true, env: utf8 });
  assert.deepEqual(terminal, { isTty: true, colour: true, unicode: true, repaint: true });
});

test('a pipe has neither colours nor painting over, unless colours are forced', () => {
  assert.deepEqual(describeTerminal({ isTty: false, env: utf8 }), {
    isTty: false,
    colour: false,
    unicode: true,
    repaint: false,
  });
  assert.equal(describeTerminal({ isTty: false, env: { ...utf8, CLICOLOR_FORCE: '1' } }).colour, true);
});

test('NO_COLOR, CLICOLOR=0 and TERM=dumb take the colours away', () => {
  for (const env of [
    { NO_COLOR: '1' },
    { CLICOLOR: '0' },
    { TERM: 'dumb' },
    { NO_COLOR: '1', FORCE_COLOR: '1' },
  ]) {
    assert.equal(
      describeTerminal({ isTty: true, env: { ...utf8, ...env } }).colour,
      false,
      JSON.stringify(env),
    );
  }
  assert.equal(describeTerminal({ isTty: true, env: { ...utf8, NO_COLOR: '' } }).colour, true);
});

test('--color decides whatever the environment says, and an empty FORCE_COLOR says nothing', () => {
  const colour = (color: 'always' | 'never' | 'auto', isTty: boolean, env: Record<string, string>) =>
    describeTerminal({ isTty, env: { ...utf8, ...env }, color }).colour;
  assert.equal(colour('always', false, { NO_COLOR: '1', TERM: 'dumb' }), true);
  assert.equal(colour('never', true, { FORCE_COLOR: '1' }), false);
  assert.equal(colour('auto', true, { NO_COLOR: '1' }), false);
  assert.equal(colour('auto', false, { FORCE_COLOR: '' }), false);
  assert.equal(colour('auto', true, { FORCE_COLOR: '', CLICOLOR: '' }), true);
});

test('nothing is painted over with TERM=dumb or ACCESSIBLE=1', () => {
  assert.equal(describeTerminal({ isTty: true, env: { ...utf8, TERM: 'dumb' } }).repaint, false);
  const accessible = describeTerminal({ isTty: true, env: { ...utf8, ACCESSIBLE: '1' } });
  assert.deepEqual([accessible.repaint, accessible.unicode], [false, false]);
});

test('symbols need a locale with UTF-8; LC_ALL wins over LANG', () => {
  assert.equal(describeTerminal({ isTty: true, env: { LANG: 'C.UTF-8', LC_ALL: 'C' } }).unicode, false);
  assert.equal(describeTerminal({ isTty: true, env: {} }).unicode, false);
});

test('a status is a symbol and a word, and says that a stop was asked for until the end is proven', () => {
  assert.equal(statusText({ unicode: true }, { status: 'RUNNING' }), '▶ RUNNING');
  assert.equal(statusText({ unicode: false }, { status: 'FAILED' }), 'x FAILED');
  assert.equal(
    statusText({ unicode: true }, { status: 'RUNNING', stopRequested: true }),
    '◌ RUNNING, stop requested',
  );
  assert.equal(statusText({ unicode: true }, { status: 'STOPPED', stopRequested: true }), '⊘ STOPPED');
});

test('text is painted only where there are colours', () => {
  assert.equal(paint({ colour: false }, 'ok', 'fine'), 'fine');
  assert.equal(paint({ colour: true }, 'ok', 'fine'), '\x1b[32mfine\x1b[0m');
});
