import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { renderInput, renderUnsupervised } from './remote-command.ts';
import type { RemoteChannel, RemoteTransport } from './remote-shell.ts';
import type { Inbox } from './shell.ts';
import { WATCH } from './watch-script.ts';

/** What a watch tells, and to whom. */
export interface RemoteWatch {
  readonly directory: string;
  readonly onEntry: (name: string) => void;
  readonly inbox: Inbox | null;
}

/** Pauses of a watch that broke, in milliseconds: doubled each time it does not last. */
const REWATCH_MS = { first: 1_000, longest: 30_000 };

/** One channel for the directory and the inbox, opened again whenever it breaks (see `Shell.watch`). */
export async function watchRemote(
  transport: RemoteTransport,
  watch: RemoteWatch,
  signal: AbortSignal,
): Promise<void> {
  let pauseMs = REWATCH_MS.first;
  while (!signal.aborted) {
    const began = performance.now();
    // A hint may be missing by contract: that the host cannot be reached is told to those who ask it something.
    await transport
      .withChannel((channel) => watchOnce(channel, watch), { signal, evictable: true })
      .catch(() => {});
    const lasted = performance.now() - began;
    pauseMs = lasted > REWATCH_MS.longest ? REWATCH_MS.first : Math.min(pauseMs * 2, REWATCH_MS.longest);
    // Rejects only when aborted, which ends the loop.
    if (!signal.aborted) await delay(pauseMs / 2, undefined, { signal, ref: false }).catch(() => {});
  }
}

async function watchOnce(channel: RemoteChannel, { directory, onEntry, inbox }: RemoteWatch): Promise<void> {
  const nonce = randomBytes(16).toString('hex');
  const answer = (word: string, name: string) => {
    if (channel.input.writable) channel.input.write(`${word} ${name}\n`);
  };
  const read = createWatchReader(nonce, inbox?.maxBytes ?? 0, {
    onEntry,
    onFile: (name, content) => {
      void inbox?.take({ name, content }).then((word) => answer(word, name));
    },
  });
  channel.output.on('data', read);
  channel.errors.resume();
  channel.input.on('error', () => {});
  const args = inbox === null ? [directory] : [directory, inbox.directory, String(inbox.maxBytes)];
  // Not ended: its end is how the host learns that we are gone.
  channel.input.write(renderInput(renderUnsupervised({ command: { script: WATCH, args }, nonce })));
  await channel.ended;
}

/** Longest name that a file system has, and room for our own words. */
const ENTRY_BYTES = 4_096;

/**
 * Reads what the script prints, in whatever pieces it comes, between whatever a login says. Each character stands for a
 * byte on the way, so that content arrives as it was.
 */
export function createWatchReader(
  nonce: string,
  maxBytes: number,
  found: { onEntry(name: string): void; onFile(name: string, content: Uint8Array): void },
): (chunk: Buffer) => void {
  const mark = new RegExp(`\\n${nonce} (entry|file) ([^\\n]*)(?:\\n([^]*))?$`);
  let held = '';
  return (chunk) => {
    const pieces = (held + chunk.toString('latin1')).split('\0');
    // Noise is forgotten; a frame is never longer than this.
    held = (pieces.pop() ?? '').slice(-(maxBytes + ENTRY_BYTES));
    for (const piece of pieces) {
      const [, kind, name = '', content = ''] = mark.exec(piece) ?? [];
      if (kind === 'entry') found.onEntry(Buffer.from(name, 'latin1').toString('utf8'));
      if (kind === 'file') found.onFile(name, Buffer.from(content, 'latin1'));
    }
  };
}
