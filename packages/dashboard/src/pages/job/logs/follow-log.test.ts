import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiFailure } from '../../../api/api-failure.ts';
import { type FollowHost, followLog } from './follow-log.ts';
import type { LogSource } from './log-source.ts';

/** A file that grows by each call: what is asked for, and how each stream ends. */
class FakeLog {
  bytes = new TextEncoder().encode('0123456789');
  isOver = false;
  connections = 1;
  readonly asked: string[] = [];
  /** What each stream does after so many bytes; the last goes on. */
  readonly ends: (() => void)[] = [];

  readonly source: LogSource = {
    read: () => Promise.reject(new Error('not asked for')),
    stream: (start) => this.#give('stream', start),
    follow: (start) => Promise.resolve(this.#give('follow', start)),
  };

  readonly host: FollowHost = {
    isOver: () => this.isOver,
    shown: () => Promise.resolve(),
    interruption: () => ({ signal: new AbortController().signal, [Symbol.dispose]: () => undefined }),
    takeConnection: () =>
      Promise.resolve(this.connections > 0 ? { [Symbol.dispose]: () => undefined } : null),
    wait: () => Promise.resolve(),
  };

  async *#give(how: string, start: number): AsyncGenerator<Uint8Array, void> {
    this.asked.push(`${how} ${start}`);
    const end = this.ends.shift();
    yield this.bytes.subarray(start, end === undefined ? undefined : start + 3);
    end?.();
  }

  async follow(): Promise<{ text: string; states: string[] }> {
    let text = '';
    const states: string[] = [];
    const { signal } = new AbortController();
    for await (const news of followLog(this.source, { start: 2, host: this.host, signal }))
      if (news.kind === 'bytes') text += new TextDecoder().decode(news.bytes);
      else states.push(news.state);
    return { text, states };
  }
}

const refuse = (status: number, code: string) => () => {
  throw new ApiFailure({ status, code, message: code, problems: [], requestId: null });
};

test('a lost connection is taken up at the byte after the last', async () => {
  const log = new FakeLog();
  log.ends.push(
    () => assert.fail('broken'),
    () => (log.isOver = true),
  );
  const { text, states } = await log.follow();
  assert.equal(text, '23456789');
  assert.deepEqual(log.asked, ['follow 2', 'follow 5', 'stream 8']);
  assert.deepEqual(states, ['live', 'reconnecting', 'live', 'ended']);
});

test('where no connection may be held the file is looked at', async () => {
  const log = new FakeLog();
  log.connections = 0;
  log.ends.push(
    () => undefined,
    () => (log.isOver = true),
  );
  const { text, states } = await log.follow();
  assert.equal(text, '23456789');
  assert.deepEqual(log.asked, ['stream 2', 'stream 5', 'stream 8']);
  assert.deepEqual(states, ['checking', 'checking', 'ended']);
});

test('too many streams of the user lead to looks, and a file on its way is waited for', async () => {
  const log = new FakeLog();
  log.ends.push(
    refuse(429, 'stream.too-many'),
    () => undefined,
    refuse(404, 'output.not-found'),
    () => {
      log.isOver = true;
    },
  );
  const { text, states } = await log.follow();
  assert.equal(text, '23456789');
  assert.deepEqual(states, ['live', 'checking', 'live', 'reconnecting', 'live', 'ended']);
});

test('a refusal that lasts is thrown', async () => {
  const log = new FakeLog();
  log.ends.push(refuse(403, 'access.forbidden'));
  await assert.rejects(log.follow(), ApiFailure);
});
