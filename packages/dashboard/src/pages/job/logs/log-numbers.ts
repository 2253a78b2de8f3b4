import { signal as createSignal } from '@preact/signals';
import { countFeeds, LineIndex, positionAfterFeeds } from './line-index.ts';
import { PIECE_BYTES } from './log-loader.ts';
import type { LogSource } from './log-source.ts';

/** How far a count is. */
export interface CountProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * Numbers of lines. A file does not know them: they are counted from its beginning, as far as they are needed, and what
 * was counted once is kept as one place in every block of 64 KiB.
 */
export class LogNumbers {
  readonly index = new LineIndex();
  /** null while nothing is counted. */
  readonly progress = createSignal<CountProgress | null>(null);
  readonly #source: LogSource;

  constructor(source: LogSource) {
    this.#source = source;
  }

  /** The number of the line at a position; null when it has not been counted. */
  async numberAt(position: number, signal: AbortSignal): Promise<number | null> {
    const place = this.index.placeBefore(position);
    if (place === undefined) return null;
    const { bytes } = await this.#source.read(place.position, position, signal);
    return place.line + countFeeds(bytes);
  }

  /** Where a line begins; null when the counted part has no such line. */
  async positionOf(line: number, signal: AbortSignal): Promise<number | null> {
    const place = this.index.placeOfLine(line);
    if (place === undefined) return null;
    let feeds = line - place.line;
    for (let at = place.position; ; at += PIECE_BYTES) {
      const end = Math.min(at + PIECE_BYTES, this.index.counted);
      const { bytes } = await this.#source.read(at, end, signal);
      const found = positionAfterFeeds(bytes, feeds);
      if (found !== null) return at + found;
      if (end >= this.index.counted) return null;
      feeds -= countFeeds(bytes);
    }
  }

  /** Counts on, reading the file, until `isEnough` or up to its end; shows how far it is of `total` bytes. */
  async count(total: number, isEnough: () => boolean, signal: AbortSignal): Promise<void> {
    if (isEnough()) return;
    try {
      let position = this.index.counted;
      for await (const bytes of this.#source.stream(position, signal)) {
        // Another reader may have counted meanwhile; what overlaps counts once.
        this.index.pushFrom(position, bytes);
        position += bytes.length;
        this.progress.value = { done: Math.min(position, total), total };
        if (isEnough()) return;
      }
    } finally {
      this.progress.value = null;
    }
  }
}
