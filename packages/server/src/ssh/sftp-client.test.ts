import assert from 'node:assert/strict';
import { type Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import { createSftpClient, type SftpClient } from './sftp-client.ts';
import { SftpRefusal } from './sftp-requests.ts';
import {
  createPacketSplitter,
  encodePacket,
  encodeString,
  encodeUint32,
  PACKET,
  PacketReader,
} from './sftp-wire.ts';

/** What a server is asked: the fields of the request are still to be read. */
interface Asked {
  readonly type: number;
  readonly id: number;
  readonly reader: PacketReader;
  answer(type: number, ...fields: readonly Buffer[]): void;
}

const HANDLE = Buffer.from('h');

/** A session with a server that is the given function; it announces no extensions. */
async function openSession(
  serve: (asked: Asked, channel: Duplex) => void,
): Promise<{ readonly sftp: SftpClient; readonly channel: Duplex }> {
  const [near, far] = duplexPair();
  const receive = (bytes: Buffer): void => {
    const reader = new PacketReader(bytes);
    const type = reader.byte();
    const id = reader.uint32();
    if (type === PACKET.init) {
      far.write(Buffer.concat([encodeUint32(5), Buffer.of(PACKET.version), encodeUint32(3)]));
      return;
    }
    const answer: Asked['answer'] = (kind, ...fields) =>
      far.write(Buffer.concat(encodePacket(kind, id, fields)));
    serve({ type, id, reader, answer }, far);
  };
  far.on('data', createPacketSplitter(receive));
  far.on('error', () => undefined);
  return { sftp: await createSftpClient(near), channel: far };
}

const UNREACHABLE = { code: 'unreachable', step: 'channel' };

test('answers find their requests in any order', async () => {
  const asked: Asked[] = [];
  const { sftp } = await openSession((request) => {
    if (asked.push(request) < 3) return;
    for (const { answer, reader } of asked.reverse()) {
      reader.string();
      answer(PACKET.data, encodeString(`at ${reader.uint64()}`));
    }
  });
  const texts = await Promise.all([1, 2, 2 ** 33].map((position) => sftp.read(HANDLE, position, 100)));
  assert.deepEqual(texts.map(String), ['at 1', 'at 2', `at ${2 ** 33}`]);
});

test('a status is a refusal with its number, the end of a file is null', async () => {
  const { sftp } = await openSession(({ type, answer }) =>
    answer(PACKET.status, encodeUint32(type === PACKET.read ? 1 : 3), encodeString('no\nway')),
  );
  assert.equal(await sftp.read(HANDLE, 0, 1), null);
  await assert.rejects(sftp.remove(Buffer.from('/x')), (error) => {
    assert.ok(error instanceof SftpRefusal);
    assert.equal(error.status, 3);
    assert.equal(error.message, 'no way');
    return true;
  });
});

test('a status without words, as some servers send it, is understood', async () => {
  const { sftp } = await openSession(({ answer }) => answer(PACKET.status, encodeUint32(2)));
  await assert.rejects(sftp.lstat(Buffer.from('/x')), { name: 'SftpRefusal', status: 2 });
});

test('more bytes than asked for, none, or another kind of answer are refused', async () => {
  let text = 'too many';
  const { sftp } = await openSession(({ answer }) => answer(PACKET.data, encodeString(text)));
  await assert.rejects(sftp.read(HANDLE, 0, 3), { code: 'unreachable', message: /1 to 3 bytes, got 8/ });
  text = '';
  await assert.rejects(sftp.read(HANDLE, 0, 3), { code: 'unreachable' });
  await assert.rejects(sftp.lstat(Buffer.from('/x')), { code: 'unreachable' });
  await assert.rejects(sftp.remove(Buffer.from('/x')), { code: 'unreachable' });
});

test('a channel that ends rejects what waits and what comes, alike', async () => {
  const { sftp, channel } = await openSession((_asked, far) => far.end());
  await assert.rejects(sftp.lstat(Buffer.from('/x')), UNREACHABLE);
  await assert.rejects(sftp.lstat(Buffer.from('/x')), UNREACHABLE);
  assert.equal((await sftp.ended).code, 'unreachable');
  channel.destroy();
});

test('an answer to no request, or no packet at all, ends the session', async () => {
  for (const bytes of [
    Buffer.concat(encodePacket(PACKET.status, 999, [encodeUint32(0)])),
    Buffer.from('Welcome!\n'),
  ]) {
    const { sftp } = await openSession((_asked, far) => far.write(bytes));
    await assert.rejects(sftp.lstat(Buffer.from('/x')), UNREACHABLE);
  }
});

test('a server whose login shell greets before the first packet is told as unreachable', async () => {
  const [near, far] = duplexPair();
  far.on('error', () => undefined).on('data', () => far.write('Last login: today\n'));
  await assert.rejects(createSftpClient(near), UNREACHABLE);
});
