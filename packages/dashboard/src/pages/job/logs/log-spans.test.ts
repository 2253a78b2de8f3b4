import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchSpans, parseSpans, plainText } from './log-spans.ts';

const ESC = '\u001b';
const spansOf = (text: string) => parseSpans(text).map(({ text, classes }) => [text, classes]);

test('colours and styles of a terminal become classes', () => {
  assert.deepEqual(spansOf(`a${ESC}[1;31mred${ESC}[0m b${ESC}[92mgreen${ESC}[39m${ESC}[44mon blue`), [
    ['a', ''],
    ['red', 'ansi-red ansi-bold'],
    [' b', ''],
    ['green', 'ansi-green'],
    ['on blue', 'ansi-on ansi-on-blue'],
  ]);
  assert.deepEqual(spansOf(`${ESC}[mplain${ESC}[2;3;4;7;9mall${ESC}[22;23;24;27;29mnone`), [
    ['plain', ''],
    ['all', 'ansi-dim ansi-italic ansi-underlined ansi-inverse ansi-struck'],
    ['none', ''],
  ]);
});

test('colours of larger palettes become the one of the eight that is most like them', () => {
  const classes = (codes: string) => parseSpans(`${ESC}[${codes}mx`)[0]?.classes;
  assert.equal(classes('38;5;196'), 'ansi-red');
  assert.equal(classes('38;5;9'), 'ansi-red');
  assert.equal(classes('38;2;255;136;0;1'), 'ansi-yellow ansi-bold');
  assert.equal(classes('38:2:0:0:255'), 'ansi-blue');
  assert.equal(classes('48;5;255;4'), 'ansi-on ansi-on-white ansi-underlined');
  assert.equal(classes('38;5;999'), '');
  assert.equal(classes('38;5'), 'ansi-black');
  assert.equal(classes('38'), '');
});

test('everything else that a terminal would obey does nothing and hides nothing', () => {
  const hostile = [
    `${ESC}[2J${ESC}[1;1H${ESC}[?1049h`,
    `${ESC}]0;title\u0007${ESC}]8;;https://example.org\u0007${ESC}]52;c;c2VjcmV0${ESC}\\`,
    `${ESC}P1;2|data${ESC}\\${ESC}_app${ESC}\\${ESC}^pm${ESC}\\`,
    `${ESC}c${ESC}(0${ESC}7`,
  ];
  for (const escapes of hostile)
    assert.deepEqual(spansOf(`a${escapes}b`), [
      ['a', ''],
      ['b', ''],
    ]);
  assert.equal(plainText(`a${ESC}]0;no end`), 'a0;no end');
  assert.equal(plainText(`${ESC}[8mconcealed${ESC}[0m`), 'concealed');
  assert.equal(plainText(`end${ESC}`), 'end');
  assert.equal(plainText(`end${ESC}[31`), 'end31');
});

test('what cannot be seen is named', () => {
  assert.deepEqual(spansOf('a\u0007b\tc\u202etxt.exe\u0000'), [
    ['a', ''],
    ['␇', 'log-mark'],
    ['b\tc', ''],
    ['U+202E', 'log-mark'],
    ['txt.exe', ''],
    ['␀', 'log-mark'],
  ]);
  assert.equal(plainText('x\u009b31m\ufeff'), 'xU+009B31mU+FEFF');
});

test('text of other scripts stays as it is', () => {
  assert.deepEqual(spansOf('שלום مرحبا 😀'), [['שלום مرحبا 😀', '']]);
});

test('an escape of a megabyte takes no time', () => {
  const text = `${ESC}]${`${ESC}]`.repeat(300_000)}`;
  assert.equal(plainText(text), '');
  assert.equal(plainText(`${ESC}[${'1;'.repeat(300_000)}x`), '');
});

test('matches are marked across spans', () => {
  const spans = parseSpans(`ab${ESC}[31mcd${ESC}[0mef`);
  assert.deepEqual(
    matchSpans(spans, [
      [1, 3],
      [5, 6],
    ]).map(({ text, classes, isMatch }) => [text, classes, isMatch]),
    [
      ['a', '', false],
      ['b', '', true],
      ['c', 'ansi-red', true],
      ['d', 'ansi-red', false],
      ['e', '', false],
      ['f', '', true],
    ],
  );
  assert.equal(matchSpans(spans, []).length, 3);
});
