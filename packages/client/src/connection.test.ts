import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConnectionMade, Contact, keepConnected } from './connection.ts';
import { ApiFailure, UnreachableFailure } from './failure.ts';

const patience = {
  patienceMs: 60_000,
  retry: { tries: 3, firstDelayMs: 1, longestDelayMs: 1 },
  firstDelayMs: 1_000,
  longestDelayMs: 30_000,
};
const gone = new UnreachableFailure('http://a', new Error('gone'));

function refusal(status: number, retryAfterMs: number | null = null): ApiFailure {
  return new ApiFailure({
    code: 'unknown',
    status,
    message: 'No.',
    problems: [],
    requestId: null,
    retryAfterMs,
  });
}

test('after contact the first try is made at once, the next within one, two, four … thirty seconds', () => {
  const contact = new Contact(patience);
  contact.made();
  assert.equal(contact.lost(gone), 0);
  for (const ceiling of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    const delayMs = contact.lost(gone);
    assert.ok(delayMs >= 0 && delayMs <= ceiling, `${delayMs} is within ${ceiling}`);
  }
});

test('a connection that breaks as soon as it is made is not hurried back', () => {
  const contact = new Contact(patience);
  contact.made();
  const delays = Array.from({ length: 20 }, () => {
    const delayMs = contact.lost(gone);
    contact.made();
    return delayMs;
  });
  assert.equal(delays[0], 0);
  assert.ok(Math.max(...delays) > 1_000, 'the delays grow');
});

test('the service is waited for as long as it asks, unless that is longer than the patience', () => {
  const contact = new Contact(patience);
  contact.made();
  assert.equal(contact.lost(refusal(503, 7_000)), 7_000);
  assert.throws(() => contact.lost(refusal(503, 61_000)), { status: 503 });
});

test('before the first contact there are as many tries as for any request', () => {
  const contact = new Contact(patience);
  contact.lost(gone);
  contact.lost(gone);
  assert.throws(() => contact.lost(gone), gone);
});

test('without patience the first loss is the last', () => {
  const contact = new Contact({ ...patience, patienceMs: 0 });
  contact.made();
  assert.throws(() => contact.lost(gone), gone);
});

interface Item {
  readonly kind: 'item';
}

/** What is told of sessions that end one after the other in these ways. */
async function tell(...endings: readonly (Error | null)[]): Promise<string[]> {
  const contact = new Contact({ ...patience, firstDelayMs: 4, longestDelayMs: 4 });
  const left = [...endings];
  const session = async function* (): AsyncGenerator<Item | ConnectionMade, void> {
    contact.made();
    yield { kind: 'connected' };
    yield { kind: 'item' };
    const ending = left.shift() ?? null;
    if (ending !== null) throw ending;
  };
  const told: string[] = [];
  for await (const { kind } of keepConnected<Item>(session, { contact })) told.push(kind);
  return told;
}

test('a session that is cut is begun again; a loss that is mended at once is not told', async () => {
  assert.deepEqual(await tell(gone, null), ['connected', 'item', 'item']);
});

test('failures that no waiting can mend end it', async () => {
  await assert.rejects(tell(refusal(401)), { status: 401 });
  await assert.rejects(tell(new TypeError('a defect')), TypeError);
});
