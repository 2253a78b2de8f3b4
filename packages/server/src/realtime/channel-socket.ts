import type { Duplex } from 'node:stream';
import {
  ApiError,
  type ChannelMessage,
  type ChannelRequest,
  channelRequestSchema,
  MAX_SOCKET_CHANNELS,
} from '@arras/contract';
import type { RawData, WebSocket } from 'ws';
import type { Credentials, Principal } from '../auth/authenticate.ts';
import { EVERYBODY, parseChannelName } from './channel-name.ts';
import { type ChannelCarrier, ChannelSink } from './channel-sink.ts';
import { type JobsRequest, openFeedStream, openJobStream } from './open-stream.ts';
import type { Realtime } from './realtime.ts';
import type { EndReason } from './sink.ts';

/** Milliseconds in which a client has to say who it is. */
const AUTHENTICATE_MS = 10_000;
/** Milliseconds that a client gets to confirm the end of the connection. */
const CLOSE_MS = 1_000;

/** https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number */
const CLOSE = { refused: 1008, failed: 1011, restarting: 1012, tryLater: 1013 } as const;

/** What connections work with. */
export interface ChannelSeams {
  readonly realtime: Realtime;
  readonly tenant: string;
  /** Throws ApiError, also when the token may not follow channels. */
  readonly authenticate: (credentials: Credentials) => Promise<Principal>;
  /** What a client is told of anything thrown. */
  readonly toApiError: (error: unknown) => ApiError;
  /** The connection is over. */
  readonly onClosed: (socket: ChannelSocket) => void;
}

/**
 * One WebSocket with the channels that its client follows. Messages are handled one after the other, and while one is,
 * no more are read: a client that asks faster than it is answered has to wait.
 */
export class ChannelSocket implements ChannelCarrier {
  readonly #seams: ChannelSeams;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #channels = new Map<string, ChannelSink>();
  #watch: { readonly principal: Principal; readonly end: Disposable } | null = null;
  #handling: Promise<void> = Promise.resolve();
  /** The channel to follow as soon as it is known for whom. */
  #first: string | null;
  #isAlive = true;
  #patience: NodeJS.Timeout | null = null;

  /** `first`: the channel that the address named. */
  constructor(
    seams: ChannelSeams,
    parts: {
      readonly socket: WebSocket;
      readonly stream: Duplex;
      readonly principal: Principal | null;
      readonly first: string | null;
    },
  ) {
    this.#seams = seams;
    this.#socket = parts.socket;
    this.#stream = parts.stream;
    this.#socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    this.#socket.on('pong', () => (this.#isAlive = true));
    this.#socket.on('close', () => this.#closed());
    // What is wrong with the connection closes it.
    this.#socket.on('error', () => undefined);
    this.#stream.on('drain', () => this.#drained());
    this.#first = parts.first;
    if (parts.principal === null) {
      this.#patience = setTimeout(() => this.#refuse(new ApiError('auth.missing')), AUTHENTICATE_MS);
    } else {
      this.#welcome(parts.principal);
    }
  }

  #welcome(principal: Principal): void {
    const { realtime } = this.#seams;
    realtime.quota.take(principal);
    const guarded = {
      viewer: principal,
      revoke: () => this.#refuse(new ApiError('auth.revoked')),
      beat: () => this.#beat(),
    };
    this.#watch = { principal, end: realtime.watch(guarded) };
    const channel = this.#first;
    this.#first = null;
    if (channel !== null) this.#handle({ type: 'subscribe', channel });
  }

  #receive(data: RawData, isBinary: boolean): void {
    // Texts come as one buffer unless asked for otherwise.
    const request = isBinary || !Buffer.isBuffer(data) ? null : readRequest(data.toString());
    if (request === null) {
      const message =
        'The message is none of those that can be sent: authenticate, subscribe, unsubscribe, ping.';
      this.#sendError(new ApiError('request.malformed', { message }));
      return;
    }
    this.#handle(request);
  }

  #handle(request: ChannelRequest): void {
    this.#socket.pause();
    this.#handling = this.#handling
      .then(() => this.#follow(request))
      .catch((error: unknown) =>
        this.#sendError(this.#seams.toApiError(error), 'channel' in request ? request.channel : undefined),
      )
      .finally(() => this.#socket.resume());
  }

  async #follow(request: ChannelRequest): Promise<void> {
    if (request.type === 'ping') return this.#sendMessage({ type: 'pong' });
    if (request.type === 'authenticate') return this.#authenticate(request.token);
    const principal = this.#watch?.principal;
    if (principal === undefined) return this.#refuse(new ApiError('auth.missing'));
    if (request.type === 'subscribe') return this.#subscribe(principal, request);
    this.#channels.get(request.channel)?.leave();
    this.#channels.delete(request.channel);
    this.#sendMessage({ type: 'unsubscribed', channel: request.channel });
  }

  async #authenticate(token: string): Promise<void> {
    if (this.#watch !== null)
      throw new ApiError('request.malformed', { message: 'The connection is authenticated.' });
    try {
      const principal = await this.#seams.authenticate({ authorization: `Bearer ${token}` });
      this.#seams.realtime.admit(principal);
      if (this.#patience !== null) clearTimeout(this.#patience);
      this.#sendMessage({ type: 'authenticated', username: principal.username });
      if (this.#socket.readyState === this.#socket.OPEN) this.#welcome(principal);
    } catch (error) {
      this.#refuse(this.#seams.toApiError(error));
    }
  }

  async #subscribe(
    principal: Principal,
    { channel, since }: Extract<ChannelRequest, { type: 'subscribe' }>,
  ): Promise<void> {
    const { realtime, tenant } = this.#seams;
    const name = parseChannelName(channel, tenant);
    if (name === 'unknown-tenant') throw new ApiError('request.invalid', { message: unknownTenant(tenant) });
    if (name === null) throw new ApiError('job.not-found');
    if (this.#channels.has(channel))
      throw new ApiError('conflict', { message: 'You follow this channel already.' });
    if (this.#channels.size >= MAX_SOCKET_CHANNELS)
      throw new ApiError('stream.too-many', { message: TOO_MANY });
    const from = since === undefined ? null : String(since);
    const { owner, jobId } = name;
    const all: JobsRequest =
      owner === EVERYBODY ? { kind: 'list', ofEverybody: true } : { kind: 'owner', owner };
    const opening =
      jobId === null
        ? await openFeedStream(realtime, principal, all, from)
        : await openJobStream(realtime, principal, { id: jobId, owner, since: from });
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const sink = new ChannelSink(this, channel);
    this.#channels.set(channel, sink);
    opening.start(sink, 'shared');
  }

  channelEnded(channel: string, reason: EndReason): void {
    this.#channels.delete(channel);
    if (reason === 'slow') this.#close(CLOSE.tryLater, 'too slow');
    if (reason === 'forbidden') this.#sendError(new ApiError('access.forbidden'), channel);
  }

  send(text: string): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return true;
    this.#socket.send(text);
    return !this.#stream.writableNeedDrain;
  }

  get queuedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  #sendMessage(message: ChannelMessage): void {
    this.send(JSON.stringify(message));
  }

  #sendError({ code, message }: ApiError, channel?: string): void {
    this.#sendMessage({ type: 'error', code, message, ...(channel !== undefined && { channel }) });
  }

  #drained(): void {
    for (const sink of this.#channels.values()) {
      if (this.#stream.writableNeedDrain) return;
      sink.drained();
    }
  }

  /** A client that has not answered the last sign of life is gone. */
  #beat(): void {
    if (!this.#isAlive) return this.#socket.terminate();
    this.#isAlive = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  #refuse(error: ApiError): void {
    this.#sendError(error);
    this.#close(CLOSE.refused, error.code);
  }

  /** The service stops; clients come back to another one, or to the next. */
  restart(): void {
    this.#close(CLOSE.restarting, 'service.stopping');
  }

  #close(code: number, reason: string): void {
    this.#leaveChannels();
    if (this.#stream.writableNeedDrain) return this.#socket.terminate();
    this.#socket.close(code, reason);
    // Who does not confirm the end is cut.
    setTimeout(() => this.#socket.terminate(), CLOSE_MS).unref();
  }

  #closed(): void {
    if (this.#patience !== null) clearTimeout(this.#patience);
    this.#leaveChannels();
    if (this.#watch !== null) {
      this.#watch.end[Symbol.dispose]();
      this.#seams.realtime.quota.release(this.#watch.principal);
      this.#watch = null;
    }
    this.#seams.onClosed(this);
  }

  #leaveChannels(): void {
    const sinks = [...this.#channels.values()];
    this.#channels.clear();
    for (const sink of sinks) sink.leave();
  }
}

const TOO_MANY = `One WebSocket follows at most ${MAX_SOCKET_CHANNELS} channels.`;

function unknownTenant(tenant: string): string {
  return `The first part of a channel is ${tenant} or agave.prod.`;
}

function readRequest(text: string): ChannelRequest | null {
  try {
    const parsed = channelRequestSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
