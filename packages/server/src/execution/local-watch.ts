import { watch as watchDirectory } from 'node:fs';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isMessageName, tagOfMessage } from '../domain/job-message.ts';
import { IN_HAND, LOOK_AGAIN_MS } from './inbox-limits.ts';
import { readWholeFile } from './local-files.ts';
import type { Inbox } from './shell.ts';

/** How long a watcher that failed (directory deleted, inotify exhausted) waits before it tries again. */
const REWATCH_MS = 1_000;

/** Watches a directory of this host and hands the inbox over (see `Shell.watch`). */
export async function watchLocal(
  directory: string,
  onEntry: (name: string) => void,
  signal: AbortSignal,
  inbox?: Inbox,
): Promise<void> {
  const entries = watchEntries(directory, onEntry, signal);
  await (inbox === undefined ? entries : Promise.all([entries, serveInbox(inbox, signal)]));
}

async function watchEntries(
  directory: string,
  onEntry: (name: string) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await watchUntilBroken(directory, onEntry, signal);
    // Rejects only when aborted, which ends the loop.
    if (!signal.aborted) await delay(REWATCH_MS, undefined, { signal, ref: false }).catch(() => {});
  }
}

function watchUntilBroken(
  directory: string,
  onEntry: (name: string) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watchDirectory(directory, { signal, persistent: false });
    watcher.on('change', (kind, name) => {
      if (kind === 'rename' && typeof name === 'string') reportExisting(directory, name, onEntry);
    });
    // A hint may be missing by contract, so a broken watcher is replaced and never an error of the caller.
    watcher.on('error', () => watcher.close());
    watcher.on('close', resolve);
  });
}

/** Departures raise the same event as arrivals; only what is there is reported. */
function reportExisting(directory: string, name: string, onEntry: (name: string) => void): void {
  lstat(join(directory, name)).then(
    () => onEntry(name),
    () => {},
  );
}

/** Looks each second, also when nothing rings: files that other hosts write into a shared directory raise no event. */
async function serveInbox(inbox: Inbox, signal: AbortSignal): Promise<void> {
  await mkdir(inbox.directory, { recursive: true, mode: 0o700 });
  let bell = Promise.withResolvers<void>();
  const watching = watchEntries(inbox.directory, () => bell.resolve(), signal);
  /** Files that were put off, and until when. */
  const later = new Map<string, number>();
  while (!signal.aborted) {
    bell = Promise.withResolvers<void>();
    const hasMore = await handOver(inbox, later);
    if (!hasMore && !signal.aborted) await untilRung(bell.promise, signal);
  }
  await watching;
}

async function untilRung(rung: Promise<void>, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const abort = AbortSignal.any([signal, over.signal]);
  await Promise.race([rung, delay(LOOK_AGAIN_MS, undefined, { signal: abort, ref: false })]).catch(() => {});
  over.abort();
}

/** Hands over what may be in hand at a time; true when something has to wait for its turn. */
async function handOver(inbox: Inbox, later: Map<string, number>): Promise<boolean> {
  const names = (await readdir(inbox.directory).catch(() => [])).filter(isMessageName).sort();
  const there = new Set(names);
  for (const name of later.keys()) if (!there.has(name)) later.delete(name);
  const now = performance.now();
  const due = names.filter((name) => (later.get(name) ?? 0) <= now);
  const turn = takeTurns(due);
  // Read together, handed over in their order.
  const contents = await Promise.all(turn.map((name) => readContent(inbox, name)));
  const words = await Promise.all(
    turn.map((name, index) => handOverOne(inbox, name, contents[index] ?? null)),
  );
  turn.forEach((name, index) => {
    if (words[index] === 'later') later.set(name, performance.now() + LOOK_AGAIN_MS);
  });
  return turn.length < due.length && words.includes('taken');
}

function takeTurns(names: readonly string[]): readonly string[] {
  const ofOne = new Map<string, number>();
  const turn = names.filter((name) => {
    const count = (ofOne.get(tagOfMessage(name)) ?? 0) + 1;
    ofOne.set(tagOfMessage(name), count);
    return count <= IN_HAND.ofOne;
  });
  return turn.slice(0, IN_HAND.whole);
}

/** null: there is no file, or it cannot be read now. */
async function readContent({ directory, maxBytes }: Inbox, name: string): Promise<Uint8Array | null> {
  const content = await readWholeFile(join(directory, name), maxBytes).catch(() => null);
  return content === 'too-large' ? new Uint8Array() : content;
}

async function handOverOne(
  inbox: Inbox,
  name: string,
  content: Uint8Array | null,
): Promise<'taken' | 'later' | 'left'> {
  if (content === null) return 'left';
  const word = await inbox.take({ name, content });
  if (word === 'taken') await rm(join(inbox.directory, name), { force: true }).catch(() => {});
  return word;
}
