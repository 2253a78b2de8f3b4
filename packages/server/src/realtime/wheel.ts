import { HEARTBEAT_MS } from './sink.ts';

const TICK_MS = 1_000;
const SLOTS = HEARTBEAT_MS / TICK_MS;

/** Something that gives a sign of life from time to time. */
export interface Beating {
  beat(): void;
}

/** One timer for all signs of life, which are spread evenly over the time between two of one stream. */
export class HeartbeatWheel implements Disposable {
  readonly #slots: readonly Set<Beating>[] = Array.from({ length: SLOTS }, () => new Set<Beating>());
  readonly #timer: NodeJS.Timeout;
  #added = 0;
  #tick = 0;

  /** `onTick` is called every second. */
  constructor(onTick: () => void) {
    this.#timer = setInterval(() => {
      onTick();
      this.#beat();
    }, TICK_MS);
  }

  add(member: Beating): void {
    this.#slots[this.#added % SLOTS]?.add(member);
    this.#added += 1;
  }

  delete(member: Beating): void {
    for (const slot of this.#slots) if (slot.delete(member)) return;
  }

  #beat(): void {
    this.#tick = (this.#tick + 1) % SLOTS;
    for (const member of this.#slots[this.#tick] ?? []) member.beat();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
