import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createGcmCipher, createGcmDecipher, type OnPayload } from './gcm-packets.ts';

/** The counter of these begins anew with the second packet. */
const PARTS = {
  name: 'aes-128-gcm',
  key: randomBytes(16),
  iv: Buffer.from('01020304ffffffffffffffff', 'hex'),
  packets: 2 ** 32 - 1,
} as const;
const PAYLOADS = [1, 10, 11, 12, 27, 300, 32 * 1024 + 9].map((length) => randomBytes(length));

/** What a cipher sends for these payloads. */
function encrypt(payloads: readonly Buffer[]): Buffer {
  const sent: Buffer[] = [];
  const cipher = createGcmCipher({ ...PARTS, onWrite: (bytes) => sent.push(bytes) });
  for (const payload of payloads) {
    const packet = cipher.allocPacket(payload.length);
    payload.copy(packet, 5);
    cipher.encrypt(packet);
  }
  assert.equal(cipher.outSeqno, (PARTS.packets + payloads.length) % 2 ** 32);
  return Buffer.concat(sent);
}

/** What a decipher makes of bytes that come in pieces of a size. */
function decrypt(bytes: Buffer, pieceBytes: number): readonly Buffer[] {
  const payloads: Buffer[] = [];
  const decipher = createDecipher((payload) => void payloads.push(payload));
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    const end = Math.min(bytes.length, start + pieceBytes);
    // Memory that is used again for the next piece.
    assert.equal(decipher.decrypt(Buffer.from(bytes.subarray(0, end)), start, end), undefined);
  }
  assert.equal(decipher.inSeqno, (PARTS.packets + payloads.length) % 2 ** 32);
  return payloads;
}

function createDecipher(onPayload: OnPayload): ReturnType<typeof createGcmDecipher> {
  return createGcmDecipher({ ...PARTS, onPayload });
}

test('packets arrive whole however they are cut on their way', () => {
  const bytes = encrypt(PAYLOADS);
  for (const pieceBytes of [1, 3, 4, 5, 16, 20, 37, 1_000, 65_536, bytes.length]) {
    assert.deepEqual(decrypt(bytes, pieceBytes), PAYLOADS, `in pieces of ${pieceBytes}`);
  }
});

test('each packet has at least four bytes of padding and fills whole blocks', () => {
  for (let length = 1; length <= 40; length += 1) {
    const bytes = encrypt([Buffer.alloc(length)]);
    const packetBytes = bytes.readUInt32BE(0);
    assert.equal(packetBytes % 16, 0);
    assert.ok(packetBytes >= 1 + length + 4, `${length} bytes in ${packetBytes}`);
    assert.equal(bytes.length, 4 + packetBytes + 16);
  }
});

test('the same payload is never sent in the same bytes', () => {
  const bytes = encrypt([Buffer.alloc(64), Buffer.alloc(64)]);
  assert.notDeepEqual(bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2));
});

test('nothing of a packet that was changed on its way is handed on', () => {
  const bytes = encrypt([randomBytes(100)]);
  for (const changed of [3, 4, 50, bytes.length - 1]) {
    const other = Buffer.from(bytes);
    other[changed] = (other[changed] ?? 0) ^ 16;
    const decipher = createDecipher(() => assert.fail('it was handed on'));
    // A longer packet first waits for its end.
    const padded = Buffer.concat([other, Buffer.alloc(16)]);
    assert.throws(() => decipher.decrypt(padded, 0, padded.length), /authenticate/);
  }
});

test('a packet twice, or out of its turn, is refused', () => {
  const [first, second] = [encrypt([randomBytes(100)]), encrypt([randomBytes(100), randomBytes(100)])];
  const late = second.subarray(second.length / 2);
  for (const bytes of [Buffer.concat([first, first]), late]) {
    assert.throws(() => decrypt(bytes, bytes.length), /authenticate/);
  }
});

test('a length that no packet has is refused before the packet has come', () => {
  for (const length of [0, 15, 33, 40_000, 2 ** 32 - 16]) {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(length);
    assert.throws(() => decrypt(head, 4), /Bad packet length/);
  }
});

test('the rest of what came is left to another decipher when the taker of a packet says so', () => {
  const bytes = encrypt([Buffer.from('new keys'), Buffer.from('in new keys')]);
  const first = encrypt([Buffer.from('new keys')]);
  assert.equal(createDecipher(() => false).decrypt(bytes, 0, bytes.length), first.length);
});

test('a cipher that was given up sends nothing more', () => {
  const cipher = createGcmCipher({ ...PARTS, onWrite: () => assert.fail('it was sent') });
  const packet = cipher.allocPacket(10);
  cipher.free();
  cipher.encrypt(packet);
});
