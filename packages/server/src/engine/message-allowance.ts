/** What a try may say, and how fast it comes back. */
export interface AllowanceOptions {
  readonly burst: number;
  readonly perMinute: number;
}

interface Account {
  /** When it will have its whole burst again, by the clock of its messages. */
  fullAt: number;
  /** The last number that was counted. */
  counted: string;
}

/** Tries remembered before the ones that came first are forgotten. */
const REMEMBERED = 10_000;

/**
 * Counts the messages of tries by the times at which they were sent, not at which they come: those that lay in the spool
 * while the service was away are no flood. A message that comes again is counted once. Each process counts for itself.
 */
export class MessageAllowance {
  readonly #accounts = new Map<string, Account>();
  readonly #burst: number;
  readonly #eachMs: number;

  constructor({ burst, perMinute }: AllowanceOptions) {
    this.#burst = burst;
    this.#eachMs = 60_000 / perMinute;
  }

  /** Whether the message may be taken in. `sentMs` is to be a time that the try can have lived at. */
  admits(message: { readonly tag: string; readonly number: string; readonly sentMs: number }): boolean {
    const account = this.#accountOf(message.tag);
    if (message.number <= account.counted) return true;
    const fullAt = Math.max(account.fullAt, message.sentMs) + this.#eachMs;
    if (fullAt - message.sentMs > this.#burst * this.#eachMs) return false;
    account.fullAt = fullAt;
    account.counted = message.number;
    return true;
  }

  #accountOf(tag: string): Account {
    const known = this.#accounts.get(tag);
    if (known) return known;
    const [oldest] = this.#accounts.keys();
    if (oldest !== undefined && this.#accounts.size >= REMEMBERED) this.#accounts.delete(oldest);
    const account = { fullAt: Number.NEGATIVE_INFINITY, counted: '' };
    this.#accounts.set(tag, account);
    return account;
  }
}
