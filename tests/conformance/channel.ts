import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Channel, Message } from '../../packages/server/src/channels/channel.ts';
import { neverAborted } from '../support/channel-message.ts';

/** A channel with the other side of it. */
export interface ChannelBed extends AsyncDisposable {
  readonly channel: Channel;
  /** A message to a receiver that takes it, or treats it as told. */
  message(receiver: 'takes' | 'refuses' | 'says-much' | 'hangs' | 'is-away'): Message;
  /** A message whose target is no target of this channel. */
  nonsense(): Message;
  /** Ids of the messages that were taken, in their order. */
  taken(): readonly string[];
}

/** What every channel promises. */
export function describeChannel(name: string, createBed: () => Promise<ChannelBed>): void {
  describe(`channel conformance: ${name}`, () => {
    let bed: ChannelBed;
    before(async () => {
      bed = await createBed();
    });
    after(() => bed[Symbol.asyncDispose]());

    const attempt = (message: Message) => bed.channel.attempt(message, neverAborted());

    test('it says its name', () => assert.equal(bed.channel.name, name));

    test('a message that is taken is delivered, and again under the same id', async () => {
      const message = bed.message('takes');
      const before = bed.taken().length;
      assert.equal((await attempt(message)).outcome, 'delivered');
      const later = { ...message, attemptedAt: new Date(message.attemptedAt.getTime() + 60_000) };
      assert.equal((await attempt(later)).outcome, 'delivered');
      assert.deepEqual(bed.taken().slice(before), [message.messageId, message.messageId]);
    });

    test('a refusal for now is a value that allows another attempt', async () => {
      const result = await attempt(bed.message('refuses'));
      assert.equal(result.outcome, 'refused');
      assert.ok(result.outcome === 'refused' && result.permanent === null);
      assert.ok(result.code > 299);
    });

    test('at most 1 KiB of what the other side says is kept, without control characters', async () => {
      const { message } = await attempt(bed.message('says-much'));
      assert.ok(Buffer.byteLength(message) <= 1_024);
      assert.doesNotMatch(message, /[^\P{Cc}\n\t]/u);
    });

    test('a receiver that is away is a value', async () => {
      const result = await attempt(bed.message('is-away'));
      assert.equal(result.outcome, 'unreachable');
      assert.notEqual(result.message, '');
    });

    test('a target that is none is a value', async () => {
      const { outcome } = await attempt(bed.nonsense());
      assert.ok(outcome === 'blocked' || outcome === 'refused');
    });

    test('an attempt that is cut ends at once, as a value', async () => {
      const controller = new AbortController();
      const began = performance.now();
      setTimeout(() => controller.abort(), 100);
      const result = await bed.channel.attempt(bed.message('hangs'), controller.signal);
      assert.equal(result.outcome, 'unreachable');
      assert.ok(performance.now() - began < 5_000);
      const cutBefore = await bed.channel.attempt(bed.message('takes'), controller.signal);
      assert.equal(cutBefore.outcome, 'unreachable');
    });

    test('one receiver that hangs does not hold up the others', async () => {
      const controller = new AbortController();
      const hanging = bed.channel.attempt(bed.message('hangs'), controller.signal);
      const results = await Promise.all(Array.from({ length: 20 }, () => attempt(bed.message('takes'))));
      assert.deepEqual(new Set(results.map(({ outcome }) => outcome)), new Set(['delivered']));
      controller.abort();
      await hanging;
    });

    test('it can be closed, and closed again', async () => {
      await bed.channel.close();
      await bed.channel.close();
    });
  });
}
