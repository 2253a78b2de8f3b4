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
  /** The holder if that is known without waiting; null: `authenticate` finds out. */
  recall(authorization: string | undefined): Principal | null;
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
  const recent = new RecentHeaders(seams.now);
  return {
    async authenticate(authorization = '') {
      if (authorization.trim() === '') throw new ApiError('auth.missing');
      const token = BEARER.exec(authorization)?.[1];
      const known = token === undefined ? null : holders.find(token);
      const holder = known === null ? null : await known.holder;
      if (known === null || holder === null) throw new ApiError('auth.invalid');
      if (holder.state !== 'valid') throw new ApiError(`auth.${holder.state}`);
      const { username, isAdmin, tokenId } = holder;
      const principal = { username, isAdmin, tokenId };
      // What was forgotten while the database was asked must not come back.
      if (holders.keeps(known)) recent.keep(authorization, { until: known.until, principal });
      return principal;
    },
    recall: (authorization) => (authorization === undefined ? null : recent.find(authorization)),
    forget: () => {
      holders.clear();
      recent.clear();
    },
  };
}

interface RecentHeader {
  readonly until: number;
  readonly principal: Principal;
}

/**
 * What valid headers said a moment ago: who polls sends the same one all the time, and reading and hashing it would be a
 * good part of the cost. The texts are secrets, so those whose time is over go with the next one that comes.
 */
class RecentHeaders {
  readonly #now: () => number;
  readonly #kept = new Map<string, RecentHeader>();

  constructor(now: () => number) {
    this.#now = now;
  }

  find(authorization: string): Principal | null {
    const known = this.#kept.get(authorization);
    return known !== undefined && known.until > this.#now() ? known.principal : null;
  }

  keep(authorization: string, header: RecentHeader): void {
    this.#kept.delete(authorization);
    this.#kept.set(authorization, header);
    const now = this.#now();
    for (const [text, { until }] of this.#kept) {
      if (until > now && this.#kept.size <= MAX_KEPT) return;
      this.#kept.delete(text);
    }
  }

  clear(): void {
    this.#kept.clear();
  }
}

interface KeptHolder {
  readonly key: string;
  readonly until: number;
  readonly holder: Promise<TokenHolder | null>;
}

/** Remembers holders by the hash of their token; lookups of one token at the same time are one query. */
class HolderCache {
  readonly #seams: { readonly db: Db; readonly now: () => number };
  readonly #kept = new Map<string, KeptHolder>();

  constructor(seams: { readonly db: Db; readonly now: () => number }) {
    this.#seams = seams;
  }

  /** The same work for every token, known or not: one hash, one lookup. */
  find(token: string): KeptHolder {
    const hash = hashToken(token);
    const key = hash.toString('base64');
    const known = this.#kept.get(key);
    if (known !== undefined && known.until > this.#seams.now()) return known;
    return this.#keep(key, findTokenHolder(this.#seams.db, hash));
  }

  keeps(entry: KeptHolder): boolean {
    return this.#kept.get(entry.key) === entry;
  }

  clear(): void {
    this.#kept.clear();
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
