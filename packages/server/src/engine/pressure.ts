/**
 * Requests in hand from which on new work waits a little. These numbers were measured on two cores, at a hundred
 * submissions a second: more work at once costs their latency several times what it gains in throughput.
 */
const BUSY_FROM = 1;
/** Milliseconds between two looks whether a task may begin. */
const LOOK_MS = 5;
/** Tasks that begin at a look while it is calm: those that waited must not all begin at once. */
const BEGIN_WHEN_CALM = 2;
/** Looks after which one task begins whatever the load: work must go on, at some 40 tasks a second. */
const LOOKS_A_TURN = 5;

/**
 * Accepting beats working: while requests are in hand, tasks that begin new work wait for their turn. Under more
 * load than the machine can carry the backlog grows, which loses nothing, instead of the answers' latency.
 */
export class Pressure {
  #requests = 0;
  readonly #waiting: (() => void)[] = [];
  #looks = 0;

  /** A request came in. */
  begin(): void {
    this.#requests += 1;
  }

  /** It was answered. */
  end(): void {
    this.#requests -= 1;
  }

  /** Resolves when no request is in hand, or when it is the task's turn. */
  async calm(): Promise<void> {
    if (this.#requests < BUSY_FROM && this.#waiting.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (this.#waiting.length === 1) this.#lookLater();
    await promise;
  }

  #lookLater(): void {
    setTimeout(() => {
      for (const begin of this.#waiting.splice(0, this.#room())) begin();
      if (this.#waiting.length > 0) this.#lookLater();
    }, LOOK_MS);
  }

  #room(): number {
    if (this.#requests < BUSY_FROM) return BEGIN_WHEN_CALM;
    this.#looks = (this.#looks + 1) % LOOKS_A_TURN;
    return this.#looks === 0 ? 1 : 0;
  }
}
