import { ApiError, type TokenId } from '@arras/contract';
import type { Db } from '../database/connection.ts';
import { findTokenHolder, type TokenHolder } from '../database/tokens.ts';
import { hashToken } from './token.ts';

/** Who a request comes from. */
export interface Principal {
  readonly username: string;
  readonly isAdmin: boolean;
  /** The token that says so: what goes on for longer than a request ends with it. */
  readonly tokenId: TokenId;
}

/** Finds out who a request comes from. */
export interface Authenticator {
  /** The holder of the bearer token of an Authorization header. Throws ApiError (`auth.…`) when there is none. */
  authenticate(authorization: string | undefined): Promise<Principal>;
  /** Forgets what is remembered, so that a change of tokens or users counts at once in this process. */
  forget(): void;
}

/** How long an answer of the database counts: a revoked token is refused everywhere after this time (S9: 5 s). */
const KEPT_MS = 2_000;

/** Tokens remembered at once; the one that was looked up longest ago goes first. */
const MAX_KEPT = 10_000;

/** A longer one is not one of ours; operators choose theirs themselves. */
const BEARER = /^Bearer +([\x21-\x7e]{1,512}) *$/i;

/** Reads tokens from the header only: addresses end up in logs. `now` is a monotonic clock in milliseconds. */
export function createAuthenticator(seams: { readonly db: Db; readonly now: () => number }): Authenticator {
  const holders = new HolderCache(seams);
  return {
    async authenticate(authorization = '') {
      if (authorization.trim() === '') throw new ApiError('auth.missing');
      const token = BEARER.exec(authorization)?.[1];
      const holder = token === undefined ? null : await holders.find(token);
      if (holder === null) throw new ApiError('auth.invalid');
      if (holder.state !== 'valid') throw new ApiError(`auth.${holder.state}`);
      return { username: holder.username, isAdmin: holder.isAdmin, tokenId: holder.tokenId };
    },
    forget: () => holders.clear(),
  };
}

/** Remembers holders by the hash of their token; lookups of one token at the same time are one query. */
class HolderCache {
  readonly #seams: { readonly db: Db; readonly now: () => number };
  readonly #kept = new Map<
    string,
    { readonly until: number; readonly holder: Promise<TokenHolder | null> }
  >();

  constructor(seams: { readonly db: Db; readonly now: () => number }) {
    this.#seams = seams;
  }

  /** The same work for every token, known or not: one hash, one lookup. */
  async find(token: string): Promise<TokenHolder | null> {
    const hash = hashToken(token);
    const key = hash.toString('base64');
    const known = this.#kept.get(key);
    if (known !== undefined && known.until > this.#seams.now()) return known.holder;
    const holder = findTokenHolder(this.#seams.db, hash);
    this.#keep(key, holder);
    return holder;
  }

  clear(): void {
    this.#kept.clear();
  }

  #keep(key: string, holder: Promise<TokenHolder | null>): void {
    const entry = { until: this.#seams.now() + KEPT_MS, holder };
    this.#kept.delete(key);
    this.#kept.set(key, entry);
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    // A failed lookup says nothing about the token; whoever waits for it hears of it.
    holder.catch(() => {
      if (this.#kept.get(key) === entry) this.#kept.delete(key);
    });
  }
}
