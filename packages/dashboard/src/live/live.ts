import { readSse, type SseBlock } from '@arras/client/sse';
import type { JobEvent } from '@arras/contract';
import { computed, signal } from '@preact/signals';
import { download } from '../api/call.ts';
import { keptName } from '../preferences/browser-storage.ts';
import type { Viewer } from '../session/session.ts';
import { electByChannel } from './elect-by-channel.ts';
import { electByLocks } from './elect-by-locks.ts';
import type { Election } from './election.ts';
import { Listeners } from './listeners.ts';
import { LEADER_SILENCE_MS, LiveHub } from './live-hub.ts';
import type { LinkStatus, LiveNews } from './live-news.ts';
import { randomName } from './random-name.ts';
import { openTabChannel, type TabChannel } from './tab-channel.ts';
import { BROWSER_TIMING, waitMs } from './timing.ts';

/** How fresh the page is. */
export interface LiveState {
  readonly state: LinkStatus['state'] | 'paused';
  /** As of when what is shown is known, in milliseconds of this browser's clock. */
  readonly asOf: number;
}

const NAME = keptName('live');

/** What the stream tells may be waited for this long before the first reads, in milliseconds. */
const BEGINNING_MS = 400;

const status = signal<LinkStatus>({ state: 'reconnecting', asOfMs: null });
const paused = signal<number | null>(null);
const startedMs = Date.now();

/** How fresh the page is: the pill of the frame shows it. */
export const live = computed<LiveState>(() =>
  paused.value === null
    ? { state: status.value.state, asOf: status.value.asOfMs ?? startedMs }
    : { state: 'paused', asOf: paused.value },
);

const events = new Listeners<JobEvent>();
const changes = new Listeners<string>();
const resyncs = new Listeners<{ readonly isReset: boolean }>();

/** Hears every event of every job that the user may see, each once and in order per job. Ends with what it gives. */
export function onJobEvent(listener: (event: JobEvent) => void): () => void {
  return events.add(listener);
}

/** Hears that something about a job changed that is no event. Ends with the function that it gives. */
export function onJobChanged(listener: (jobId: string) => void): () => void {
  return changes.add(listener);
}

/**
 * Hears that something may have been missed: whatever is shown has to be read again. With `isReset` numbers of events
 * may have gone back. Ends with the function that it gives.
 */
export function onResync(listener: (resync: { readonly isReset: boolean }) => void): () => void {
  return resyncs.add(listener);
}

let hub: LiveHub | null = null;
let running: AbortController | null = null;

/**
 * Begins to follow the stream, in this tab or through another; `signedOut` is called when the service ends it.
 * `isAdmin`: administrators see the jobs of everybody, so they hear of them too.
 */
export function startLive({ isAdmin }: Pick<Viewer, 'isAdmin'>, signedOut: () => void): void {
  stopLive();
  const stop = new AbortController();
  running = stop;
  const channel = openTabChannel(NAME);
  status.value = { state: 'reconnecting', asOfMs: null };
  hub = new LiveHub(
    {
      channel,
      election: chooseElection(channel),
      newTerm: randomName,
      open: (cursor, signal) => openStream(cursor, { isOfEverybody: isAdmin, signal }),
      timing: BROWSER_TIMING,
      random: Math.random,
      isOnline: () => navigator.onLine,
      onOnline: (run) => {
        addEventListener('online', run);
        return () => removeEventListener('online', run);
      },
    },
    { hear, showStatus: (value) => (status.value = value), signedOut },
  );
  void hub.run(stop.signal).finally(() => channel[Symbol.dispose]());
}

/** Leaves the stream to the other tabs. */
export function stopLive(): void {
  running?.abort();
  running = null;
  hub = null;
}

/** Holds everything as it is, in this tab. */
export function pauseLive(): void {
  paused.value ??= Date.now();
}

/** Goes on after {@link pauseLive}: everything is read again. */
export function resumeLive(): void {
  if (paused.value === null) return;
  paused.value = null;
  resyncs.tell({ isReset: false });
}

/** Resolves when the stream is there, or can be waited for no longer: what is read then misses nothing. */
export async function untilBegun(signal: AbortSignal): Promise<void> {
  if (status.peek().asOfMs !== null) return;
  const begun = new AbortController();
  const stop = status.subscribe(({ asOfMs }) => {
    if (asOfMs !== null) begun.abort();
  });
  await waitMs(BROWSER_TIMING, BEGINNING_MS, AbortSignal.any([signal, begun.signal]));
  stop();
}

/** Browsers freeze tabs, and bring them back out of their cache: whoever comes back asks what was missed. */
export function followPageLife(): void {
  document.addEventListener('resume', () => hub?.ask());
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) resyncs.tell({ isReset: false });
  });
}

function hear(news: LiveNews): void {
  if (paused.peek() !== null) return;
  if (news.kind === 'event') events.tell(news.event);
  if (news.kind === 'changed') changes.tell(news.jobId);
  if (news.kind === 'resync') resyncs.tell(news);
}

function chooseElection(channel: TabChannel): Election {
  // Browsers have locks only where the connection is safe, or to this machine.
  const locks = (navigator as Partial<Navigator>).locks;
  if (locks === undefined) return electByChannel({ channel, timing: BROWSER_TIMING, name: randomName() });
  return electByLocks({ request: (name, options, callback) => locks.request(name, options, callback) }, NAME);
}

/**
 * Read with fetch, not with EventSource: that one shows neither the service's signs of life nor why it refuses, so a
 * dead connection would pass for a quiet one.
 */
async function* openStream(
  cursor: string | null,
  { isOfEverybody, signal }: { readonly isOfEverybody: boolean; readonly signal: AbortSignal },
): AsyncGenerator<readonly SseBlock[]> {
  const headers = { 'last-event-id': cursor ?? undefined };
  const query = isOfEverybody ? { privileged: 'true' } : {};
  const { body } = await download('streamEvents', { query, headers, signal });
  if (body === null) return;
  yield* readSse(body, { firstByteMs: LEADER_SILENCE_MS, silenceMs: LEADER_SILENCE_MS });
}
