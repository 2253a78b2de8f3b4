import type { Frame } from './frame.ts';
import type { EndReason, Sink, SinkOwner } from './sink.ts';

/** The connection that channels share. */
export interface ChannelCarrier {
  /** Sends a text; false: no more until it has drained. */
  send(text: string): boolean;
  readonly queuedBytes: number;
  /** A channel has come to its end. */
  channelEnded(channel: string, reason: EndReason): void;
}

/** One channel of a WebSocket. */
export class ChannelSink implements Sink {
  readonly #carrier: ChannelCarrier;
  readonly #channel: string;
  #session: SinkOwner | null = null;

  constructor(carrier: ChannelCarrier, channel: string) {
    this.#carrier = carrier;
    this.#channel = channel;
  }

  begin(session: SinkOwner): void {
    this.#session = session;
  }

  /** The connection has room again. */
  drained(): void {
    this.#session?.drained();
  }

  /** The client leaves the channel, or has gone. */
  leave(): void {
    this.#session?.close(null);
  }

  write(frame: Frame): boolean {
    const message = frame.message(this.#channel);
    return message === null || this.#carrier.send(message);
  }

  get queuedBytes(): number {
    return this.#carrier.queuedBytes;
  }

  end(reason: EndReason): void {
    this.#carrier.channelEnded(this.#channel, reason);
  }
}
