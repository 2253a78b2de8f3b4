import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Contact } from './connection.ts';
import { ApiFailure, UnreachableFailure } from './failure.ts';
import type { Download, FileVersion } from './operation.ts';
import { type OpenFile, type ReadFileOptions, readFile } from './read-file.ts';

const NONE: FileVersion = { etag: null, lastModified: null, size: null, sha256: null };
const weak = (tag: string, size: number): FileVersion => ({
  ...NONE,
  etag: `W/"${tag}"`,
  lastModified: 'Wed, 04 Mar 2026 10:15:30 GMT',
  size,
});

/** A file of which each connection gives so many bytes. */
interface FakeFile {
  text: string;
  version: FileVersion;
  pieces: number[];
}

function opener(file: FakeFile, seen: (string | undefined)[][]): OpenFile {
  return ({ range, ifRange }) => {
    seen.push([range, ifRange]);
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? 'bytes=0-')?.[1]);
    if (start > 0 && start >= file.text.length) return Promise.reject(refusal(416));
    return Promise.resolve(downloadOf(file, start, file.pieces.shift() ?? file.text.length));
  };
}

function downloadOf({ text, version }: FakeFile, start: number, most: number): Download {
  const bytes = new TextEncoder().encode(text.slice(start, start + most));
  const isBroken = start + most < text.length;
  let isGiven = false;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (!isGiven && bytes.length > 0) controller.enqueue(bytes);
      else if (isBroken) controller.error(new Error('cut'));
      else controller.close();
      isGiven = true;
    },
  });
  return { stream, length: null, mediaType: null, start, version };
}

function refusal(status: number): ApiFailure {
  return new ApiFailure({
    code: 'unknown',
    status,
    message: '',
    problems: [],
    requestId: null,
    retryAfterMs: null,
  });
}

const retry = { tries: 3, firstDelayMs: 1, longestDelayMs: 1 };

/** What is read: `@0` where it begins, then the bytes. */
async function read(file: FakeFile, options: ReadFileOptions = {}, seen: (string | undefined)[][] = []) {
  const contact = new Contact({ patienceMs: 5_000, retry, firstDelayMs: 1, longestDelayMs: 1 });
  const place = { url: 'http://a.test', silenceMs: 5_000, contact };
  let text = '';
  for await (const news of readFile(opener(file, seen), place, options)) {
    if (news.kind === 'begun') text += `@${news.start}`;
    if (news.kind === 'bytes') text += new TextDecoder().decode(news.bytes);
  }
  return text;
}

test('a broken connection goes on at the next byte, by the time where the tag is weak', async () => {
  const seen: (string | undefined)[][] = [];
  const file = { text: 'abcdefgh', version: weak('1', 8), pieces: [3, 2] };
  assert.equal(await read(file, {}, seen), '@0abcdefgh');
  const time = 'Wed, 04 Mar 2026 10:15:30 GMT';
  assert.deepEqual(seen, [
    [undefined, undefined],
    ['bytes=3-', time],
    ['bytes=5-', time],
  ]);
});

test('a strong tag is what the range is asked for', async () => {
  const seen: (string | undefined)[][] = [];
  const file = { text: 'abcdefgh', version: { ...NONE, etag: '"strong"', size: 8 }, pieces: [3] };
  assert.equal(await read(file, {}, seen), '@0abcdefgh');
  assert.deepEqual(seen.at(-1), ['bytes=3-', '"strong"']);
});

test('another version, and a file without tag and time, is read from its beginning', async () => {
  const file: FakeFile = { text: 'abcdefgh', version: weak('1', 8), pieces: [3, 8, 8] };
  const changing: OpenFile = (request) => {
    const answer = opener(file, [])(request);
    file.version = weak('2', 8);
    file.text = 'ABCDEFGH';
    return answer;
  };
  const contact = new Contact({ patienceMs: 5_000, retry, firstDelayMs: 1, longestDelayMs: 1 });
  let text = '';
  for await (const news of readFile(changing, { url: '', silenceMs: 5_000, contact })) {
    if (news.kind === 'begun') text += `@${news.start}`;
    if (news.kind === 'bytes') text += new TextDecoder().decode(news.bytes);
  }
  assert.equal(text, '@0abc@0ABCDEFGH');
  const bare = { text: 'abcdefgh', version: { ...NONE, size: 8 }, pieces: [3] };
  assert.equal(await read(bare), '@0abc@0abcdefgh');
});

test('what was read before is not read again, and not asked for when the file has become shorter', async () => {
  const file = () => ({ text: 'abcdefgh', version: weak('1', 8), pieces: [] });
  const known = { start: 5, version: weak('1', 8) };
  assert.equal(await read(file(), known), '@5fgh');
  assert.equal(await read(file(), { ...known, version: weak('0', 8) }), '@0abcdefgh');
  assert.equal(await read(file(), { start: 5 }), '@5fgh');
  assert.equal(await read(file(), { start: 50 }), '@0abcdefgh');
});

test('a connection that breaks behind the last byte asks for nothing more', async () => {
  const seen: (string | undefined)[][] = [];
  const file = { text: 'abc', version: weak('1', 3), pieces: [] };
  const breaking: OpenFile = async (request) => {
    const { stream, ...rest } = await opener(file, seen)(request);
    const reader = stream.getReader();
    return {
      ...rest,
      stream: new ReadableStream({
        async pull(controller) {
          const { done, value } = await reader.read();
          if (done) controller.error(new Error('cut'));
          else controller.enqueue(value);
        },
      }),
    };
  };
  const contact = new Contact({ patienceMs: 5_000, retry, firstDelayMs: 1, longestDelayMs: 1 });
  let length = 0;
  for await (const news of readFile(breaking, { url: '', silenceMs: 5_000, contact }))
    if (news.kind === 'bytes') length += news.bytes.length;
  assert.deepEqual([length, seen.length], [3, 1]);
});

test('an answer that ends before its time is a broken connection; a refusal is the end', async () => {
  const short = { text: 'abc', version: weak('1', 5), pieces: [] };
  const contact = new Contact({ patienceMs: 20, retry, firstDelayMs: 1, longestDelayMs: 1 });
  const drain = async (open: OpenFile) => {
    for await (const _ of readFile(open, { url: 'http://a.test', silenceMs: 5_000, contact }));
  };
  await assert.rejects(drain(opener(short, [])), (error) => error instanceof UnreachableFailure);
  await assert.rejects(
    drain(() => Promise.reject(refusal(404))),
    (error) => error instanceof ApiFailure,
  );
});
