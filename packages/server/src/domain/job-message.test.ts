import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  isMessageName,
  MESSAGE_FILE_BYTES,
  parseMessageFile,
  parseMessageHeader,
  sentAtMs,
  signedBytes,
  tagOfMessage,
} from './job-message.ts';

const TAG = 'tj-1674389564419740136-242ac113-0001-007-12';
const NUMBER = '1764000000123456789';
const NAME = `${TAG}.${NUMBER}`;
const SIGNATURE = 'a'.repeat(64);
const bytes = (text: string) => new TextEncoder().encode(text);
const LINE = `arras-message 1 ${TAG} ${NUMBER} EVENT ${SIGNATURE}`;

describe('a message in a file', () => {
  test('names its try, its number, its kind and its signature, and has the rest of the file as data', () => {
    const message = parseMessageFile(NAME, bytes(`${LINE}\n{"a":"é"}\n`));
    assert.deepEqual(message, {
      tag: TAG,
      jobId: '1674389564419740136-242ac113-0001-007',
      tryNumber: 12,
      number: NUMBER,
      kind: 'EVENT',
      signature: SIGNATURE,
      data: bytes('{"a":"é"}\n'),
    });
    assert.equal(sentAtMs({ number: NUMBER }), 1_764_000_000_123);
  });

  test('is signed over everything but its signature', () => {
    const message = parseMessageFile(NAME, bytes(`${LINE}\n{}`));
    assert.ok(message);
    assert.deepEqual(signedBytes(message), bytes(`arras-message 1 ${TAG} ${NUMBER} EVENT\n{}`));
  });

  const broken = [
    ['empty', ''],
    ['without the end of its line', LINE],
    ['of another version', `${LINE.replace(' 1 ', ' 2 ')}\n`],
    ['of an unknown kind', `${LINE.replace('EVENT', 'FINISHED')}\n`],
    ['with a short signature', `${LINE.slice(0, -1)}\n`],
    ['with an early newline', `\n${LINE}\n`],
    ['with more words', `${LINE} x\n`],
    ['with the name of another', `${LINE.replace('-12 ', '-11 ')}\n`],
    ['with another number', `${LINE.replace('789 ', '788 ')}\n`],
    ['with a longer number', `${LINE.replace(NUMBER, `${NUMBER}0`)}\n`],
    ['too large', `${LINE}\n${'x'.repeat(MESSAGE_FILE_BYTES)}`],
    ['of anything', 'x'.repeat(1_000)],
  ] as const;
  for (const [what, content] of broken) {
    test(`is none when it is ${what}`, () => assert.equal(parseMessageFile(NAME, bytes(content)), null));
  }

  test('has a name that holds nothing but a tag and a number', () => {
    assert.equal(isMessageName(NAME), true);
    assert.equal(tagOfMessage(NAME), TAG);
    const strange = [
      `.${NAME}`,
      `${NAME}0`,
      `x/${NAME}`,
      `${NAME}\n`,
      `${TAG}.12`,
      `tj-$(x)-1.${NUMBER}`,
      '',
    ];
    for (const name of strange) {
      assert.equal(isMessageName(name), false, name);
      assert.throws(() => tagOfMessage(name), TypeError);
    }
  });
});

test('a call tells number and signature in one header', () => {
  const { number, signature } = parseMessageHeader(`${NUMBER} ${SIGNATURE}`) ?? {};
  assert.deepEqual([number, signature], [NUMBER, SIGNATURE]);
  for (const value of ['', NUMBER, `${NUMBER}  ${SIGNATURE}`, `1 ${SIGNATURE}`, `${NUMBER} ${SIGNATURE}x`]) {
    assert.equal(parseMessageHeader(value), null, value);
  }
});
