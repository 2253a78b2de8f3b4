import type { ServerResponse } from 'node:http';
import type { Frame } from './frame.ts';
import { type EndReason, MAX_BLOCKED_MS, type Sink, type SinkOwner } from './sink.ts';

/** Milliseconds after which clients that lost the connection come back; part of the protocol. */
const RETRY = Buffer.from('retry: 2000\n\n');

/**
 * Writes Server-Sent Events into an answer whose head has been sent. Frames go to the socket as they are, without
 * buffers or encoders of this stream's own: thousands of them have to fit into one process.
 */
export class SseSink implements Sink {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** Begins the stream. A client that is gone already closes the session at once. */
  begin(session: SinkOwner): void {
    const response = this.#response;
    if (response.destroyed || response.socket?.destroyed !== false) return session.close(null);
    // Signs of life find a dead client; a limit on idle connections would only need a timer for each.
    response.socket.setTimeout(0);
    response.socket.setNoDelay(true);
    response.on('drain', () => session.drained());
    response.on('close', () => session.close(null));
    response.on('error', () => session.close(null));
    response.write(RETRY);
  }

  write({ sse }: Frame): boolean {
    return sse.length === 0 || this.#response.write(sse);
  }

  get queuedBytes(): number {
    return this.#response.writableLength;
  }

  end(reason: EndReason): void {
    const response = this.#response;
    const isFull = response.writableNeedDrain;
    if (reason === 'slow' || (isFull && reason !== 'complete')) return void response.destroy();
    // The last message may be waited for, but not for ever.
    if (isFull) response.socket?.setTimeout(MAX_BLOCKED_MS, () => response.destroy());
    response.end();
  }
}
