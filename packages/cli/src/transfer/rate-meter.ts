/** The rate is that of this time, so that it follows what happens without flickering. */
const WINDOW_MS = 5_000;
/** Between two samples. */
const STEP_MS = 250;
/** From fewer samples nothing can be foretold. */
const LEAST_SAMPLES = 3;

/** How fast something goes. Times are those of the caller's clock, in milliseconds. */
export class RateMeter {
  #samples: { readonly atMs: number; readonly bytes: number }[] = [];

  /** Notes how many bytes have come in all. */
  note(bytes: number, atMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && atMs - last.atMs < STEP_MS) return;
    this.#samples = [...this.#samples.filter((each) => atMs - each.atMs <= WINDOW_MS), { atMs, bytes }];
  }

  /** Bytes a second; null while it is too early to say. */
  get bytesPerSecond(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || this.#samples.length < LEAST_SAMPLES) return null;
    return ((last.bytes - first.bytes) * 1_000) / (last.atMs - first.atMs);
  }
}
