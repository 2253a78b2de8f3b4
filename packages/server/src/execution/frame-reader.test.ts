import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { type FrameReader, readFrame } from './frame-reader.ts';

const NONCE = '0123456789abcdef';
const TEXT = `noise ${NONCE} beg\n${NONCE} begin 42 7\nbody\n${NONCE} en\nmore\n${NONCE} end 3 late\nrest`;

function read(pieces: readonly string[], limitBytes?: number): FrameReader {
  const stream = new PassThrough();
  const reader = readFrame(stream, NONCE, limitBytes);
  for (const piece of pieces) stream.write(piece);
  return reader;
}

test('what stands between the markers is found, wherever the stream is cut', async () => {
  for (let at = 0; at <= TEXT.length; at += 1) {
    const reader = read([TEXT.slice(0, at), TEXT.slice(at)]);
    assert.deepEqual(await reader.begun, ['42', '7']);
    const frame = await reader.ended;
    assert.equal(frame.body.toString(), `body\n${NONCE} en\nmore`);
    assert.deepEqual(frame.end, ['3', 'late']);
  }
  const bytes = await read(TEXT.split('')).ended;
  assert.equal(bytes.body.toString(), `body\n${NONCE} en\nmore`);
});

test('a long body is cut and the end is found all the same', async () => {
  const frame = await read([`\n${NONCE} begin\n`, 'x'.repeat(1_000), `\n${NONCE} end 0\n`], 10).ended;
  assert.equal(frame.body.toString(), 'x'.repeat(10));
  assert.equal(frame.truncated, true);
});

test('without a begin marker there is no frame, and the first of the noise can be shown', async () => {
  const reader = read(['closed for maintenance', `\n${NONCE} end 0\n`]);
  const outcome = await Promise.race([reader.ended, new Promise((resolve) => setImmediate(resolve, 'none'))]);
  assert.equal(outcome, 'none');
  assert.match(reader.noise(), /^closed for maintenance/);
});
