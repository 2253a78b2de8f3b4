import { takeByChannel } from '../../../live/elect-by-channel.ts';
import { live } from '../../../live/live.ts';
import { randomName } from '../../../live/random-name.ts';
import { openTabChannel } from '../../../live/tab-channel.ts';
import { BROWSER_TIMING } from '../../../live/timing.ts';
import { keptName } from '../../../preferences/browser-storage.ts';
import type { FollowHost, HeldConnection } from './follow-log.ts';

/**
 * Connections that the pages of one browser hold for logs at the same time. Without HTTP/2 browsers open six to a
 * service, for all tabs together: one carries the events, and the rest must be free for everything else.
 */
const CONNECTIONS = 2;

/** What following needs, of the browser. */
export function pageHost(isOver: () => boolean): FollowHost {
  return {
    isOver,
    shown: async (signal) => {
      while (document.visibilityState === 'hidden') await nextVisibility(signal);
    },
    interruption: (signal) => {
      const controller = new AbortController();
      const interrupt = () => controller.abort();
      const hide = () => document.visibilityState === 'hidden' && interrupt();
      document.addEventListener('visibilitychange', hide);
      addEventListener('offline', interrupt);
      const forget = onLost(interrupt);
      return {
        signal: AbortSignal.any([signal, controller.signal]),
        [Symbol.dispose]: () => {
          document.removeEventListener('visibilitychange', hide);
          removeEventListener('offline', interrupt);
          forget();
        },
      };
    },
    takeConnection,
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          signal.removeEventListener('abort', give);
          resolve();
        }, ms);
        const give = () => {
          clearTimeout(timer);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', give, { once: true });
      }),
  };
}

/** A log tells no signs of life: that its connection is dead shows in the stream of events, which does. */
function onLost(interrupt: () => void): () => void {
  let before = live.peek().state;
  return live.subscribe(({ state }) => {
    if (before === 'live' && (state === 'reconnecting' || state === 'offline')) interrupt();
    before = state;
  });
}

function nextVisibility(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      document.removeEventListener('visibilitychange', end);
      signal.removeEventListener('abort', end);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve();
    };
    document.addEventListener('visibilitychange', end);
    signal.addEventListener('abort', end);
  });
}

/** Over plain HTTP to another host browsers have no locks: there the pages agree by messages. */
async function takeConnection(): Promise<HeldConnection | null> {
  const take = (navigator as Partial<Navigator>).locks === undefined ? takeByMessages : takeLock;
  for (let number = 1; number <= CONNECTIONS; number++) {
    const connection = await take(keptName(`log-${number}`));
    if (connection !== null) return connection;
  }
  return null;
}

async function takeByMessages(name: string): Promise<HeldConnection | null> {
  const channel = openTabChannel(name);
  const lead = await takeByChannel({ channel, timing: BROWSER_TIMING, name: randomName() });
  // Not with its disposal: the others are told after it that the connection is free.
  void (lead?.ended ?? Promise.resolve()).then(() => channel[Symbol.dispose]());
  return lead;
}

/** A lock is held until a promise resolves. */
function takeLock(name: string): Promise<Disposable | null> {
  return new Promise((resolve, reject) => {
    const hold = (lock: Lock | null) => {
      if (lock === null) return resolve(null);
      return new Promise<void>((release) => resolve({ [Symbol.dispose]: release }));
    };
    navigator.locks.request(name, { ifAvailable: true }, hold).catch(reject);
  });
}
