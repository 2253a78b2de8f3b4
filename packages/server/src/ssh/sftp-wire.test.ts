import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createPacketSplitter,
  encodePacket,
  encodeString,
  encodeUint64,
  PacketReader,
  SftpProtocolError,
} from './sftp-wire.ts';

/** Three packets as they would be sent. */
const PACKETS = ['', 'ab', 'x'.repeat(70_000)].map((text) =>
  Buffer.concat(encodePacket(5, 7, [encodeString(text), encodeUint64(2 ** 40 + 1)])),
);

test('packets come out whole, however the bytes were cut', () => {
  const bytes = Buffer.concat(PACKETS);
  for (const size of [1, 2, 3, 5, 64, 32_768, bytes.length]) {
    const got: Buffer[] = [];
    const split = createPacketSplitter((packet) => got.push(Buffer.from(packet)));
    for (let start = 0; start < bytes.length; start += size) split(bytes.subarray(start, start + size));
    assert.ok(
      Buffer.concat(got).equals(Buffer.concat(PACKETS.map((packet) => packet.subarray(4)))),
      `cut to ${size} bytes`,
    );
    assert.equal(got.length, PACKETS.length);
  }
});

test('fields are read in their order, and numbers past 32 bits keep their value', () => {
  const reader = new PacketReader((PACKETS[1] ?? Buffer.of()).subarray(4));
  assert.equal(reader.byte(), 5);
  assert.equal(reader.uint32(), 7);
  assert.equal(reader.text(), 'ab');
  assert.equal(reader.uint64(), 2 ** 40 + 1);
  assert.equal(reader.hasMore, false);
  assert.throws(() => reader.byte(), SftpProtocolError);
});

test('a string that claims to be longer than its packet is refused', () => {
  assert.throws(() => new PacketReader(Buffer.of(0xff, 0xff, 0xff, 0xff, 1)).string(), SftpProtocolError);
});

test('an empty packet and one of 4 GiB are refused before they are waited for', () => {
  for (const length of [0, 0xff]) {
    const split = createPacketSplitter(() => assert.fail('a packet came out'));
    assert.throws(() => split(Buffer.alloc(4, length)), SftpProtocolError);
  }
});
