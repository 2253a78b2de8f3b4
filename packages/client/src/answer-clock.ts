/** The service did not begin its answer in time. */
export class AnswerTimeout extends Error {
  override readonly name = 'AnswerTimeout';
}

/**
 * Aborts a request whose answer does not come in time. A text has to be there as a whole by then; of bytes only the
 * beginning: a download may take as long as it takes.
 */
export class AnswerClock {
  readonly #timeoutMs: number;
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  /** Begins to count. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Counts from now on, unless it was stopped: the rest of a body may be taken after the answer. */
  restart(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    const timeout = new AnswerTimeout(`no answer within ${this.#timeoutMs / 1_000} s`);
    this.#timer = setTimeout(() => this.#controller.abort(timeout), this.#timeoutMs);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }
}
