import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { attachmentOf } from './content-disposition.ts';

test('a file name is given in ASCII and exactly', () => {
  assert.equal(attachmentOf('a b.csv'), `attachment; filename="a b.csv"; filename*=UTF-8''a%20b.csv`);
  assert.equal(
    attachmentOf("Ergebnis 'ä'.txt"),
    `attachment; filename="Ergebnis '_'.txt"; filename*=UTF-8''Ergebnis%20%27%C3%A4%27.txt`,
  );
  assert.equal(
    attachmentOf('a"\\%\r\nb'),
    `attachment; filename="a_____b"; filename*=UTF-8''a%22%5C%25%0D%0Ab`,
  );
});

test('no name can end the quoted text or the header, and every name can be read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const header = attachmentOf(name);
      const match = /^attachment; filename="[ !#-~]*"; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]*)$/.exec(
        header,
      );
      assert.equal(decodeURIComponent(match?.[1] ?? 'no match'), name.toWellFormed());
    }),
  );
});
