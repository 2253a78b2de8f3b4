import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { childrenOf, childText, escapeXml, parseXml, UnreadableXml } from './s3-xml.ts';

test('elements, text, references and empty elements are read', () => {
  const xml = parseXml(
    '<?xml version="1.0"?>\n<!-- note --><List xmlns="http://x/"><Key>a&amp;b&#10;&#x1F600;</Key><Key><![CDATA[<c>]]></Key><Empty a="1>2"/></List>\n',
  );
  assert.equal(xml.name, 'List');
  assert.deepEqual(
    childrenOf(xml, 'Key').map(({ text }) => text),
    ['a&b\n\u{1f600}', '<c>'],
  );
  assert.equal(childText(xml, 'Empty'), '');
  assert.equal(childText(xml, 'None'), null);
});

for (const [name, text] of [
  ['a document type with entities', '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'],
  ['an element that does not end', '<x><y></x>'],
  ['too many levels', '<a>'.repeat(40)],
  ['no XML', 'Bad gateway'],
  ['nothing', ''],
] as const) {
  test(`${name} is refused`, () => assert.throws(() => parseXml(text), UnreadableXml));
}

test('text survives being escaped and read back', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (text) => {
      assert.equal(parseXml(`<x>${escapeXml(text)}</x>`).text, text);
    }),
  );
});

test('no answer makes the reader slow', () => {
  const began = performance.now();
  for (const text of ['<a '.repeat(100_000), '&#'.repeat(200_000), `<a ${'"'.repeat(100_001)}`]) {
    assert.throws(() => parseXml(text), UnreadableXml);
  }
  assert.ok(performance.now() - began < 20_000);
});
