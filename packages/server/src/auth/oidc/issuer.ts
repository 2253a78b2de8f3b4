import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { type CallIssuer, IssuerUnreachable } from './issuer-calls.ts';

const endpoint = z.url({ protocol: /^https?$/ });

/** What is used of the discovery document (OpenID Connect Discovery 1.0 section 3). */
const metadataSchema = z.object({
  issuer: z.string(),
  jwks_uri: endpoint,
  authorization_endpoint: endpoint.optional(),
  token_endpoint: endpoint.optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
});

/** What a provider says of itself. */
export type IssuerMetadata = z.infer<typeof metadataSchema>;

/** A provider as it is now. */
export interface KnownIssuer {
  readonly metadata: IssuerMetadata;
  /** Finds the key of a token. Throws errors of jose, or {@link IssuerUnreachable}. */
  readonly findKey: JWTVerifyGetKey;
}

/** Milliseconds for which documents of a provider count. */
const KEPT_MS = 600_000;

/** Milliseconds in which unknown keys are not asked for again: anybody can name one. */
const COOLDOWN_MS = 30_000;

/** Milliseconds in which a provider that could not be reached is not called again: callers would only wait. */
const AWAY_MS = 5_000;

/** What an issuer works with. */
export interface IssuerSeams {
  /** As it stands in tokens. */
  readonly issuer: string;
  readonly call: CallIssuer;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** Keeps the documents of one provider, and asks for them again when their time is over. */
export class Issuer {
  readonly #seams: IssuerSeams;
  #known: { readonly until: number; readonly found: Promise<KnownIssuer> } | null = null;
  #away: { readonly until: number; readonly error: IssuerUnreachable } | null = null;

  constructor(seams: IssuerSeams) {
    this.#seams = seams;
  }

  /** Throws {@link IssuerUnreachable}. */
  find(): Promise<KnownIssuer> {
    const now = this.#seams.now();
    if (this.#known !== null && this.#known.until > now) return this.#known.found;
    const entry = { until: now + KEPT_MS, found: this.#discover() };
    this.#known = entry;
    entry.found.catch(() => {
      if (this.#known === entry) this.#known = null;
    });
    return entry.found;
  }

  async #discover(): Promise<KnownIssuer> {
    const { issuer } = this.#seams;
    const base = issuer.replace(/\/$/, '');
    const parsed = metadataSchema.safeParse(await this.#get(`${base}/.well-known/openid-configuration`));
    if (!parsed.success) throw new IssuerUnreachable('the discovery document lacks an issuer or jwks_uri');
    const metadata = parsed.data;
    if (metadata.issuer !== issuer)
      throw new IssuerUnreachable(`the discovery document is that of ${JSON.stringify(metadata.issuer)}`);
    // Else whoever is on the way could give keys of their own.
    const endpoints = [metadata.jwks_uri, metadata.token_endpoint, metadata.authorization_endpoint];
    if (issuer.startsWith('https:') && endpoints.some((url) => url?.startsWith('http:')))
      throw new IssuerUnreachable('the discovery document names addresses without TLS');
    return { metadata, findKey: this.#keysAt(metadata.jwks_uri) };
  }

  #keysAt(url: string): JWTVerifyGetKey {
    return createRemoteJWKSet(new URL(url), {
      cacheMaxAge: KEPT_MS,
      cooldownDuration: COOLDOWN_MS,
      [customFetch]: async () => Response.json(await this.#get(url)),
    });
  }

  /** A document, which must be there. */
  async #get(url: string): Promise<unknown> {
    const { call, now } = this.#seams;
    if (this.#away !== null && this.#away.until > now()) throw this.#away.error;
    try {
      const { status, json } = await call({ url, method: 'GET' });
      if (status !== 200) throw new IssuerUnreachable(`it answered with ${status}`);
      if (json === undefined) throw new IssuerUnreachable('it answered with something that is no JSON');
      return json;
    } catch (error) {
      if (error instanceof IssuerUnreachable) this.#away = { until: now() + AWAY_MS, error };
      throw error;
    }
  }
}
