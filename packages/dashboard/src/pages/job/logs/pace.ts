/** Screens show no more changes than this can be told apart, in milliseconds. */
const PACE_MS = 50;

/** Does something at once when it is asked for, and then not again before a while has passed. */
export class Pace {
  readonly #act: () => void;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isAsked = false;

  constructor(act: () => void) {
    this.#act = act;
  }

  /** Does it at once, whenever it was done last. */
  now(): void {
    this.stop();
    this.#act();
    this.#timer = setTimeout(() => this.#rest(), PACE_MS);
  }

  /** Does it at once or when the while has passed. */
  soon(): void {
    if (this.#timer === null) this.now();
    else this.#isAsked = true;
  }

  /** Does nothing more. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#isAsked = false;
  }

  #rest(): void {
    const isAsked = this.#isAsked;
    this.stop();
    if (isAsked) this.now();
  }
}
