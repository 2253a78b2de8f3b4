import type { Db } from '../database/connection.ts';
import { findTokenHolder, noteTokenUse, type TokenHolder } from '../database/tokens.ts';
import type { IssuedTokens } from './oidc/issued-tokens.ts';
import { hashToken } from './token.ts';

/** How long an answer of the database counts: a revoked token is refused everywhere after this time (S9: 5 s). */
const KEPT_MS = 2_000;

/** Tokens remembered at once; the one that was looked up longest ago goes first. */
const MAX_KEPT = 10_000;

/** Who a token speaks for, or will when the database has answered. */
export interface KeptHolder {
  readonly key: string;
  readonly until: number;
  readonly holder: Promise<TokenHolder | null>;
}

/** What a cache works with. */
export interface HolderCacheSeams {
  readonly db: Db;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** null: only tokens of this service count. */
  readonly issuedTokens: IssuedTokens | null;
}

/** Remembers holders by the hash of their token; lookups of one token at the same time are one query. */
export class HolderCache {
  readonly #seams: HolderCacheSeams;
  readonly #kept = new Map<string, KeptHolder>();

  constructor(seams: HolderCacheSeams) {
    this.#seams = seams;
  }

  /** The same work for every token, known or not: one hash, one lookup. */
  find(token: string): KeptHolder {
    const hash = hashToken(token);
    const key = hash.toString('base64');
    const known = this.#kept.get(key);
    if (known !== undefined && known.until > this.#seams.now()) return known;
    return this.#keep(key, this.#lookUp(token, hash));
  }

  keeps(entry: KeptHolder): boolean {
    return this.#kept.get(entry.key) === entry;
  }

  clear(): void {
    this.#kept.clear();
  }

  async #lookUp(token: string, hash: Buffer): Promise<TokenHolder | null> {
    const { db, issuedTokens } = this.#seams;
    const holder = await findTokenHolder(db, hash);
    if (holder === null) return issuedTokens === null ? null : issuedTokens.admit(token, hash);
    // The provider was taken out of the settings since.
    if (holder.kind === 'issued' && issuedTokens === null) return null;
    // Nobody waits for it, and when it is lost the next use is noted.
    if (holder.isUseUnnoted) noteTokenUse(db, holder.tokenId).catch(() => undefined);
    return holder;
  }

  #keep(key: string, holder: Promise<TokenHolder | null>): KeptHolder {
    const entry = { key, until: this.#seams.now() + KEPT_MS, holder };
    this.#kept.delete(key);
    this.#kept.set(key, entry);
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    // A failed lookup says nothing about the token; whoever waits for it hears of it.
    holder.catch(() => {
      if (this.keeps(entry)) this.#kept.delete(key);
    });
    return entry;
  }
}
