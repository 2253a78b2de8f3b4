import type { TokenId } from '@arras/contract';
import type { Logger } from 'pino';
import type { Principal } from '../auth/authenticate.ts';
import type { TokenHolder } from '../database/tokens.ts';

/** Milliseconds between two looks at the tokens of all streams: a revoked one is cut everywhere within 5 s (S9). */
const LOOK_EVERY_MS = 3_000;

/** What lasts for as long as its token counts. */
export interface Guarded {
  readonly viewer: Principal;
  /** The token does not count any more. */
  revoke(): void;
}

/** What the guard asks of the database. */
export interface TokenGuardSeams {
  readonly findHolders: (ids: readonly TokenId[]) => Promise<ReadonlyMap<TokenId, TokenHolder>>;
  readonly log: Pick<Logger, 'warn'>;
}

/** Looks regularly, in one query, whether the tokens of everything that is open still count. */
export class TokenGuard implements AsyncDisposable {
  readonly #seams: TokenGuardSeams;
  readonly #members = new Map<TokenId, Set<Guarded>>();
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();
  #isLooking = false;
  #lookAgain = false;

  constructor(seams: TokenGuardSeams) {
    this.#seams = seams;
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  add(member: Guarded): void {
    const { tokenId } = member.viewer;
    const known = this.#members.get(tokenId);
    if (known === undefined) this.#members.set(tokenId, new Set([member]));
    else known.add(member);
  }

  delete(member: Guarded): void {
    const { tokenId } = member.viewer;
    const known = this.#members.get(tokenId);
    known?.delete(member);
    if (known?.size === 0) this.#members.delete(tokenId);
  }

  /** Looks now: tokens were revoked, or may have been. */
  look(): void {
    this.#lookAgain = true;
    if (this.#isLooking || this.#members.size === 0) return;
    this.#isLooking = true;
    this.#looking = this.#lookAll();
  }

  async #lookAll(): Promise<void> {
    while (this.#lookAgain) {
      this.#lookAgain = false;
      try {
        this.#cut(await this.#seams.findHolders([...this.#members.keys()]));
      } catch (error) {
        // Without the database nobody can say; the next look is soon.
        this.#seams.log.warn({ err: error }, 'stream.tokens');
      }
    }
    this.#isLooking = false;
  }

  #cut(holders: ReadonlyMap<TokenId, TokenHolder>): void {
    for (const [tokenId, members] of this.#members) {
      const holder = holders.get(tokenId);
      for (const member of members) {
        const counts = holder?.state === 'valid' && holder.isAdmin === member.viewer.isAdmin;
        if (!counts) member.revoke();
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }
}
