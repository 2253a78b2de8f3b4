import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

/** A key of the provider, with what it publishes of it. */
interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** How a token is signed. Default: with the provider's key, for five minutes. */
export interface SignOptions {
  readonly kid?: string;
  readonly alg?: string;
  readonly key?: CryptoKey | Uint8Array;
  /** Seconds from now. */
  readonly expires?: number | null;
}

interface Grant {
  readonly challenge: string;
  readonly redirectUri: string;
  readonly nonce: string;
}

/** The client that the provider knows. */
export const OIDC_CLIENT = { clientId: 'arras', clientSecret: 's3cret: ü/%' } as const;

/**
 * A small OpenID provider on loopback: discovery, keys, authorization code with PKCE. Whoever comes is signed in, or asked
 * first.
 */
export class OidcProvider implements AsyncDisposable {
  /** What the ID tokens say of whoever signs in. */
  person: JWTPayload = { sub: 'u-1', preferred_username: 'lin', email: 'lin@example.org' };
  /** Put over the claims of the next ID tokens. */
  spoil: JWTPayload = {};
  /** Put over the discovery document. */
  metadata: Readonly<Record<string, unknown>> = {};
  /** Whether whoever comes is shown a page on which to agree. */
  asks = false;
  /** Answers every request with this status; null: properly. */
  broken: number | null = null;
  /** Paths that were asked for. */
  readonly requests: string[] = [];
  #keys: SigningKey[] = [];
  readonly #codes = new Map<string, Grant>();
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  static async start(): Promise<OidcProvider> {
    const provider = new OidcProvider();
    await provider.addKey('RS256', 'first');
    provider.#server.listen(0, '127.0.0.1');
    await once(provider.#server, 'listening');
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/realms/lab`;
  }

  /** Publishes one more key and returns its private half. */
  async addKey(alg: string, kid: string): Promise<CryptoKey> {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    this.#keys.push({ privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } });
    return privateKey;
  }

  /** The public key of a kid. */
  publicJwk(kid: string): JWK | undefined {
    return this.#keys.find(({ jwk }) => jwk.kid === kid)?.jwk;
  }

  /** A token of the provider for the client. */
  async sign(claims: JWTPayload = {}, options: SignOptions = {}): Promise<string> {
    const { kid = 'first', expires = 300 } = options;
    const known = this.#keys.find(({ jwk }) => jwk.kid === kid);
    const { alg = known?.jwk.alg ?? 'RS256', key = known?.privateKey } = options;
    if (key === undefined) throw new Error(`there is no key ${kid}`);
    const now = Math.floor(Date.now() / 1000);
    const jwt = new SignJWT({
      iss: this.issuer,
      aud: OIDC_CLIENT.clientId,
      iat: now,
      ...(expires !== null && { exp: now + expires }),
      jti: randomBytes(8).toString('hex'),
      ...this.person,
      ...claims,
    });
    return jwt.setProtectedHeader({ alg, kid }).sign(key);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    const path = url.pathname.replace('/realms/lab', '');
    this.requests.push(path);
    if (this.broken !== null) return void response.writeHead(this.broken, { location: '/elsewhere' }).end();
    if (path === '/authorize') return this.#authorize(url.searchParams, response);
    if (path === '/token') return this.#redeem(request, response);
    const documents: Readonly<Record<string, unknown>> = {
      '/.well-known/openid-configuration': {
        issuer: this.issuer,
        jwks_uri: `${this.issuer}/keys`,
        authorization_endpoint: `${this.issuer}/authorize?kept=1`,
        token_endpoint: `${this.issuer}/token`,
        ...this.metadata,
      },
      '/keys': { keys: this.#keys.map(({ jwk }) => jwk) },
    };
    sendJson(response, documents[path] === undefined ? 404 : 200, documents[path] ?? {});
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const code = randomBytes(16).toString('hex');
    const redirectUri = query.get('redirect_uri') ?? '';
    const isGood =
      query.get('kept') === '1' &&
      query.get('response_type') === 'code' &&
      query.get('client_id') === OIDC_CLIENT.clientId &&
      query.get('code_challenge_method') === 'S256' &&
      (query.get('scope') ?? '').split(' ').includes('openid');
    if (!isGood) return sendJson(response, 400, { error: 'invalid_request' });
    if (this.asks && !query.has('answer')) return askPerson(query, response);
    const back = new URL(redirectUri);
    const state = query.get('state') ?? '';
    if (query.get('answer') === 'no') {
      back.search = new URLSearchParams({ error: 'access_denied', state, iss: this.issuer }).toString();
      return void response.writeHead(302, { location: back.href }).end();
    }
    const challenge = query.get('code_challenge') ?? '';
    this.#codes.set(code, { challenge, redirectUri, nonce: query.get('nonce') ?? '' });
    back.search = new URLSearchParams({ code, state, iss: this.issuer }).toString();
    response.writeHead(302, { location: back.href }).end();
  }

  async #redeem(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    const code = form.get('code') ?? '';
    const grant = this.#codes.get(code);
    this.#codes.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isGood =
      request.headers.authorization === BASIC &&
      form.get('grant_type') === 'authorization_code' &&
      grant?.redirectUri === form.get('redirect_uri') &&
      grant?.challenge === challenge;
    if (!isGood || grant === undefined) return sendJson(response, 400, { error: 'invalid_grant' });
    const id_token = await this.sign({ nonce: grant.nonce, ...this.spoil });
    sendJson(response, 200, { access_token: 'opaque', token_type: 'Bearer', id_token });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** RFC 6749 section 2.3.1. */
const BASIC = `Basic ${Buffer.from(
  [OIDC_CLIENT.clientId, OIDC_CLIENT.clientSecret]
    .map((part) => encodeURIComponent(part).replaceAll('%20', '+'))
    .join(':'),
).toString('base64')}`;

/** A page with two ways on; both lead here again, with everything else as it was. */
function askPerson(query: URLSearchParams, response: ServerResponse): void {
  const link = (answer: string, text: string) =>
    `<p><a href="authorize?${new URLSearchParams([...query, ['answer', answer]]).toString().replaceAll('&', '&amp;')}">${text}</a></p>`;
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  const icon = '<link rel="icon" href="data:,">';
  response.end(
    `<!doctype html><html lang="en"><title>Lab login</title>${icon}<h1>Lab login</h1>${link('yes', 'Agree')}${link('no', 'Refuse')}`,
  );
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
