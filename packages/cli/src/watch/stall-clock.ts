import type { HistoryEntry } from '@arras/contract';

/** A transfer that has moved nothing for so long is said to be stalled. */
export const STALLED_MS = 60_000;

/** Since when transfers have not moved, as far as this process has seen. */
export class StallClock {
  readonly #seen = new Map<string, { readonly bytes: number; readonly sinceMs: number }>();

  /** Notes how far the transfers of a history are. */
  note(history: readonly HistoryEntry[], nowMs: number): void {
    for (const { id, progress } of history) {
      if (progress === undefined) continue;
      const bytes = progress.totalBytesTransferred;
      if (this.#seen.get(id)?.bytes !== bytes) this.#seen.set(id, { bytes, sinceMs: nowMs });
    }
  }

  /** What was not seen for a while may have moved meanwhile: it counts from now. */
  restart(nowMs: number): void {
    for (const [id, { bytes }] of this.#seen) this.#seen.set(id, { bytes, sinceMs: nowMs });
  }

  /** How long a transfer has not moved, once that is long; else null. */
  stalledMs({ id }: HistoryEntry, nowMs: number): number | null {
    const seen = this.#seen.get(id);
    const ms = seen === undefined ? 0 : nowMs - seen.sinceMs;
    return ms >= STALLED_MS ? ms : null;
  }
}
