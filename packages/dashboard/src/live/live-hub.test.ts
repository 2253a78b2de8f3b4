import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiFailure } from '../api/api-failure.ts';
import { electByChannel, takeByChannel } from './elect-by-channel.ts';
import { electByLocks, type Locks } from './elect-by-locks.ts';
import type { Election } from './election.ts';
import { FakeService, FakeTabs, FakeTiming, settle } from './fake-tabs.ts';
import { LiveHub } from './live-hub.ts';
import type { LinkStatus } from './live-news.ts';
import type { TabChannel } from './tab-channel.ts';

/** Web Locks, for tests: one lock, given on in turn, and stolen on demand. */
class FakeLocks implements Locks {
  #holder: { lose: () => void } | null = null;
  readonly #queue: (() => void)[] = [];

  request: Locks['request'] = async (_name, { signal, steal = false }, callback) => {
    if (steal) {
      this.#holder?.lose();
      this.#holder = null;
    }
    while (this.#holder !== null) {
      const turn = Promise.withResolvers<void>();
      this.#queue.push(turn.resolve);
      signal?.addEventListener('abort', () => turn.resolve());
      await turn.promise;
      signal?.throwIfAborted();
    }
    const lost = Promise.withResolvers<never>();
    const holder = { lose: () => lost.reject(new DOMException('stolen', 'AbortError')) };
    this.#holder = holder;
    try {
      await Promise.race([callback(), lost.promise]);
    } finally {
      if (this.#holder === holder) this.#holder = null;
      this.#queue.shift()?.();
    }
  };
}

class Browser {
  readonly timing = new FakeTiming();
  readonly tabs = new FakeTabs();
  readonly service = new FakeService();
  readonly locks = new FakeLocks();
  readonly #elect: (browser: Browser, channel: TabChannel, name: string) => Election;

  constructor(elect: (browser: Browser, channel: TabChannel, name: string) => Election) {
    this.#elect = elect;
  }

  async open(name: string) {
    const channel = this.tabs.open(name);
    const stop = new AbortController();
    const heard: string[] = [];
    let status: LinkStatus['state'] | null = null;
    const hub = new LiveHub(
      {
        channel,
        election: this.#elect(this, channel, name),
        newTerm: () => `${name} ${heard.length}`,
        open: this.service.open,
        timing: this.timing,
        random: () => 1,
        isOnline: () => true,
        onOnline: () => () => undefined,
      },
      {
        hear: (news) => {
          if (news.kind === 'event') heard.push(`${news.event.job.id}${news.event.seq}`);
          if (news.kind === 'changed') heard.push(`${news.jobId}?`);
          if (news.kind === 'resync') heard.push(news.isReset ? 'reset' : 'resync');
        },
        showStatus: ({ state }) => (status = state),
        signedOut: () => heard.push('signed out'),
      },
    );
    void hub.run(stop.signal);
    await this.timing.pass(300);
    return {
      hub,
      heard,
      status: () => status,
      take: () => heard.splice(0),
      close: async () => {
        stop.abort();
        await settle();
      },
    };
  }
}

const ELECTIONS = {
  'by locks': ({ locks }: Browser) => electByLocks(locks, 'stream'),
  'by messages': ({ timing }: Browser, channel: TabChannel, name: string) =>
    electByChannel({ channel, timing, name }),
} as const;

for (const [how, elect] of Object.entries(ELECTIONS)) {
  test(`${how}: many tabs have one stream, and each hears every event once`, async () => {
    const browser = new Browser(elect);
    const tabs = [];
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) tabs.push(await browser.open(name));
    for (const tab of tabs) tab.take();
    browser.service.tell('x', 1);
    browser.service.tell('x', 2);
    await settle();
    assert.equal(browser.service.connections, 1);
    for (const tab of tabs) assert.deepEqual([tab.take(), tab.status()], [['x1', 'x2'], 'live']);
  });

  test(`${how}: when the leader closes, another goes on where it was, without a gap`, async () => {
    const browser = new Browser(elect);
    const first = await browser.open('a');
    const second = await browser.open('b');
    browser.service.tell('x', 1);
    await settle();
    second.take();
    await first.close();
    await browser.timing.pass(300);
    assert.deepEqual(browser.service.begun, [null, '1']);
    browser.service.tell('x', 2);
    await settle();
    assert.deepEqual(second.take(), ['x2']);
    assert.equal(browser.service.connections, 1);
  });

  test(`${how}: a leader that was frozen is replaced, and hears what it missed as a resync`, async () => {
    const browser = new Browser(elect);
    const frozen = await browser.open('a');
    const second = await browser.open('b');
    browser.tabs.frozen.add('a');
    await browser.timing.pass(27_000);
    browser.service.tell('x', 1);
    await browser.timing.pass(300);
    assert.equal(browser.service.begun.length, 2);
    second.take();
    browser.tabs.frozen.delete('a');
    browser.service.tell('x', 2);
    await browser.timing.pass(10_000);
    browser.service.tell('x', 3);
    await settle();
    assert.deepEqual(second.take(), ['x2', 'x3']);
    assert.equal(frozen.heard.filter((news) => news === 'x3').length, 1);
  });
}

const open = () => new Browser(ELECTIONS['by locks']);

test('a stream that begins says so, since what is shown may be older', async () => {
  const browser = open();
  assert.deepEqual((await browser.open('a')).take(), ['resync']);
  const second = await browser.open('b');
  assert.deepEqual([second.take(), second.status()], [[], 'live']);
});

test('a service that restarts is found again, and events come once and in order', async () => {
  const browser = open();
  const [first, second] = [await browser.open('a'), await browser.open('b')];
  browser.service.tell('x', 1);
  await settle();
  browser.service.refusals.push(new Error('refused'), new Error('refused'));
  browser.service.drop();
  await settle();
  assert.deepEqual([first.status(), second.status()], ['reconnecting', 'reconnecting']);
  first.take();
  second.take();
  await browser.timing.pass(3_000);
  // The service sends again what it is not sure of.
  browser.service.tell('x', 1);
  browser.service.tell('x', 2);
  await settle();
  assert.deepEqual(browser.service.begun, [null, '1', '1', '1']);
  for (const tab of [first, second]) assert.deepEqual([tab.take(), tab.status()], [['x2'], 'live']);
});

test('an outage of a minute is offline, and the stream is still asked for', async () => {
  const browser = open();
  const tab = await browser.open('a');
  browser.service.refusals.push(...Array.from({ length: 18 }, () => new Error('refused')));
  browser.service.drop();
  await browser.timing.pass(66_000);
  assert.equal(tab.status(), 'offline');
  await browser.timing.pass(30_000);
  assert.equal(tab.status(), 'live');
});

test('after a reset numbers may begin again, in every tab', async () => {
  const browser = open();
  const tabs = [await browser.open('a'), await browser.open('b')];
  browser.service.tell('x', 7);
  await settle();
  for (const tab of tabs) tab.take();
  browser.service.reset();
  browser.service.tell('x', 3);
  await settle();
  for (const tab of tabs) assert.deepEqual(tab.take(), ['reset', 'x3']);
});

test('a position that the service does not know is given up', async () => {
  const browser = open();
  const tab = await browser.open('a');
  const facts = { code: 'stream.bad-position', message: '', problems: [], requestId: null };
  browser.service.refusals.push(new ApiFailure({ status: 400, ...facts }));
  browser.service.tell('x', 1);
  browser.service.drop();
  await browser.timing.pass(2_000);
  assert.deepEqual(browser.service.begun, [null, '1', null]);
  assert.deepEqual(tab.take(), ['resync', 'x1', 'resync']);
});

test('who is signed in no more is told so once, and the service is left alone', async () => {
  const browser = open();
  const tab = await browser.open('a');
  tab.take();
  const facts = { code: 'auth.invalid', message: '', problems: [], requestId: null };
  browser.service.refusals.push(new ApiFailure({ status: 401, ...facts }));
  browser.service.drop();
  await browser.timing.pass(20_000);
  assert.deepEqual(tab.take(), ['signed out']);
  assert.equal(browser.service.begun.length, 2);
});

test('a gap in the events of a job has the job read again', async () => {
  const browser = open();
  const tab = await browser.open('a');
  tab.take();
  browser.service.tell('x', 1);
  browser.service.tell('x', 4);
  browser.service.tell('y', 9);
  await settle();
  assert.deepEqual(tab.take(), ['x1', 'x4', 'x?', 'y9']);
});

test('a tab that was frozen for a while learns that it has missed something', async () => {
  const browser = open();
  const [first, second] = [await browser.open('a'), await browser.open('b')];
  second.take();
  browser.tabs.frozen.add('b');
  browser.service.tell('x', 1);
  await settle();
  browser.tabs.frozen.delete('b');
  second.hub.ask();
  await settle();
  assert.deepEqual(second.take(), ['resync']);
  assert.deepEqual(first.take(), ['resync', 'x1']);
});

test('without locks a tab takes what one may hold, until it gives it back or another has more right', async () => {
  const browser = new Browser((_browser, channel) =>
    electByChannel({ channel, timing: browser.timing, name: '' }),
  );
  const take = async (name: string) => {
    const taken = takeByChannel({ channel: browser.tabs.open(name), timing: browser.timing, name });
    await browser.timing.pass(300);
    return taken;
  };
  const first = await take('b');
  assert.ok(first !== null);
  assert.equal(await take('a'), null, 'held by another');
  first[Symbol.dispose]();
  await first.ended;
  const [one, two] = await Promise.all([take('c'), take('d')]);
  assert.ok(one !== null && two === null, 'of two at the same time the one with the least name');
  browser.tabs.frozen.add('c');
  const meanwhile = await take('a');
  browser.tabs.frozen.delete('c');
  assert.ok(meanwhile !== null, 'its holder did not answer');
  await take('e');
  assert.ok(one.lost.aborted && !meanwhile.lost.aborted);
});
