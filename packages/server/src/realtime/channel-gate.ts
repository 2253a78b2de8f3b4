import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  ApiError,
  CHANNEL_BEARER_PREFIX,
  CHANNEL_PROTOCOL,
  CHANNELS_PATH,
  MAX_CHANNEL_MESSAGE_BYTES,
} from '@arras/contract';
import { type WebSocket, WebSocketServer } from 'ws';
import { findForeignPage } from '../auth/admit.ts';
import type { Principal } from '../auth/authenticate.ts';
import { isOwnOrigin } from '../auth/own-pages.ts';
import type { SessionCookies } from '../auth/session-cookie.ts';
import { parseChannelName } from './channel-name.ts';
import { type ChannelSeams, ChannelSocket } from './channel-socket.ts';

/** What the gate works with. */
export interface ChannelGateSeams extends Omit<ChannelSeams, 'onClosed'> {
  /** Base of the service's addresses. */
  readonly publicUrl: () => string;
  readonly cookies: Pick<SessionCookies, 'read'>;
  /** The whole answer to a request that is refused. */
  readonly renderRefusal: (error: ApiError) => string;
}

/** Turns requests for a WebSocket into connections with channels, or refuses them. */
export class ChannelGate implements AsyncDisposable {
  readonly #seams: ChannelGateSeams;
  readonly #open = new Set<ChannelSocket>();
  readonly #closing = Promise.withResolvers<void>();
  #isStopped = false;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_CHANNEL_MESSAGE_BYTES,
    // Events are small, and a compressor for each connection is not.
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(CHANNEL_PROTOCOL) ? CHANNEL_PROTOCOL : false),
  });

  constructor(seams: ChannelGateSeams) {
    this.#seams = seams;
  }

  /** Takes a request that asks for an upgrade to `websocket`. */
  async upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    // Until the connection has an owner, its errors are nobody's.
    const ignore = () => undefined;
    stream.on('error', ignore);
    try {
      const first = this.#readPath(request.url ?? '/');
      this.#checkOrigin(request);
      const principal = await this.#findPrincipal(request);
      if (principal !== null) this.#seams.realtime.admit(principal);
      if (this.#isStopped) throw new ApiError('service.stopping');
      if (stream.destroyed) return;
      this.#server.handleUpgrade(request, stream, head, (socket) => {
        stream.off('error', ignore);
        this.#welcome({ socket, stream, principal, first });
      });
    } catch (error) {
      stream.end(this.#seams.renderRefusal(this.#seams.toApiError(error)));
    }
  }

  #welcome(parts: {
    readonly socket: WebSocket;
    readonly stream: Duplex;
    readonly principal: Principal | null;
    readonly first: string | null;
  }): void {
    const onClosed = (socket: ChannelSocket) => {
      this.#open.delete(socket);
      if (this.#isStopped && this.#open.size === 0) this.#closing.resolve();
    };
    this.#open.add(new ChannelSocket({ ...this.#seams, onClosed }, parts));
  }

  /** The channel that the address names; null for the address of all. Whether there is such a channel comes later. */
  #readPath(url: string): string | null {
    const path = decodePath(url);
    if (path === CHANNELS_PATH || `${path}/` === CHANNELS_PATH) return null;
    const name = path === null ? null : parseChannelName(path, this.#seams.tenant);
    if (name === null || name === 'unknown-tenant') throw new ApiError('route.not-found');
    return path;
  }

  /** Pages of other origins must not use the service in the name of who looks at them (S11). */
  #checkOrigin({ headers }: IncomingMessage): void {
    if (headers.origin === undefined) return;
    if (isOwnOrigin(headers.origin, headers.host, this.#seams.publicUrl())) return;
    throw new ApiError('access.forbidden', { message: 'Pages of this origin may not open WebSockets here.' });
  }

  /**
   * From the header, or from browsers, which cannot send it, in the list of subprotocols or as the cookie of a session;
   * null: from a message later.
   */
  async #findPrincipal({ headers }: IncomingMessage): Promise<Principal | null> {
    const { authorization, cookie } = headers;
    if (authorization !== undefined) return this.#seams.authenticate({ authorization });
    const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const bearer = offered.find((name) => name.startsWith(CHANNEL_BEARER_PREFIX));
    if (bearer !== undefined) {
      const token = bearer.slice(CHANNEL_BEARER_PREFIX.length);
      return this.#seams.authenticate({ authorization: `Bearer ${token}` });
    }
    if (this.#seams.cookies.read(cookie) === null) return null;
    const foreign = findForeignPage({ headers, isWrite: true }, this.#seams);
    if (foreign !== null) throw foreign;
    return this.#seams.authenticate({ cookie });
  }

  /** Closes every connection with 1012; those that do not confirm it are cut. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    if (this.#open.size === 0) this.#closing.resolve();
    for (const socket of this.#open) socket.restart();
    await this.#closing.promise;
  }
}

function decodePath(url: string): string | null {
  try {
    return decodeURIComponent(new URL(url, 'http://service').pathname);
  } catch {
    return null;
  }
}
