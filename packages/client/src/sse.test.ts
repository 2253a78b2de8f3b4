import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readSse, type SseBlock, SseParser } from './sse.ts';

const parse = (text: string) => new SseParser().push(text);

const block = (data: string | null, lastEventId = '', event = 'message'): SseBlock => ({
  lastEventId,
  event,
  data,
});

test('the examples of the standard are read as it says', () => {
  assert.deepEqual(parse('data: YHOO\ndata: +2\ndata: 10\n\n'), [block('YHOO\n+2\n10')]);
  assert.deepEqual(
    parse(': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n'),
    [block(null), block('first event', '1'), block('second event'), block(' third event')],
  );
  assert.deepEqual(parse('data\n\ndata\ndata\n\ndata:'), [block(''), block('\n')]);
  assert.deepEqual(parse('data:test\n\ndata: test\n\n'), [block('test'), block('test')]);
});

test('the id stays until another comes, also in a block without data; one with a null character is none', () => {
  assert.deepEqual(parse('id: 7\n\ndata: a\n\nid: b\0d\ndata: b\n\nid:\ndata: c\n\n'), [
    block(null, '7'),
    block('a', '7'),
    block('b', '7'),
    block('c', ''),
  ]);
});

test('the name of an event is that of its block alone', () => {
  assert.deepEqual(parse('event: end\ndata: {}\n\ndata: a\n\nevent: x\n\ndata: b\n\n'), [
    block('{}', '', 'end'),
    block('a'),
    block(null, '', 'x'),
    block('b'),
  ]);
});

test('unknown fields, comments and retry are passed over, and a block that is cut off is dropped', () => {
  assert.deepEqual(parse('retry: 2000\n: heartbeat\nfoo: bar\ndata: a\n\ndata: lost\n'), [block('a')]);
});

test('a byte order mark at the beginning is no part of the first field', () => {
  assert.deepEqual(parse('\ufeffdata: a\n\n\ufeffdata: b\n\n'), [block('a'), block(null)]);
});

test('a block without end is an error and not a full memory', () => {
  const parser = new SseParser();
  const megabyte = `data: ${'x'.repeat(1024 * 1024)}\n`;
  assert.throws(() => {
    for (let sent = 0; sent < 20; sent++) parser.push(megabyte);
  }, /has no end/);
});

const piece = fc.constantFrom(
  'data: é💡',
  'data',
  'id: 3',
  'event: x',
  ': c',
  '\n',
  '\r',
  '\r\n',
  '\n\n',
  '\ufeff',
  ' ',
);
const streams = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

test('however a stream is cut into pieces, the messages are the same', async () => {
  const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(streams, cuts, async (text, places) => {
      const bytes = new TextEncoder().encode(text);
      const edges = [
        0,
        ...places.filter((place) => place < bytes.length).sort((a, b) => a - b),
        bytes.length,
      ];
      const pieces = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
      const blocks: SseBlock[] = [];
      const limits = { firstByteMs: 1_000, silenceMs: 1_000 };
      for await (const some of readSse(ReadableStream.from(pieces), limits)) blocks.push(...some);
      assert.deepEqual(blocks, parse(text));
    }),
  );
});

test('a stream that is silent is given up: at its beginning, and later', async () => {
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const _ of readSse(stream, { firstByteMs: 5, silenceMs: 10 }));
  };
  await assert.rejects(read(new ReadableStream()), { name: 'SilentStream', message: /0.005 s/ });
  let isCancelled = false;
  const later = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(': hello\n\n')),
    cancel: () => {
      isCancelled = true;
    },
  });
  await assert.rejects(read(later), { name: 'SilentStream', message: /0.01 s/ });
  assert.ok(isCancelled, 'the connection is closed');
});
