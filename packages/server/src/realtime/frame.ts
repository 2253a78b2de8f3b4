import type { JobId } from '@arras/contract';

/** One message of a stream, as each transport writes it. Frames are shared by all streams that carry them. */
export interface Frame {
  /** The bytes of one block of Server-Sent Events. */
  readonly sse: Buffer;
  /** The text of a message on a channel; null where a WebSocket has no use for it. */
  message(channel: string): string | null;
}

/** An event with the id at which streams resume after it. */
export class EventFrame implements Frame {
  readonly #id: string;
  readonly #json: string;
  #sse: Buffer | null = null;
  readonly #messages = new Map<string, string>();

  constructor(id: string, json: string) {
    this.#id = id;
    this.#json = json;
  }

  get sse(): Buffer {
    this.#sse ??= Buffer.from(`id: ${this.#id}\nevent: event\ndata: ${this.#json}\n\n`);
    return this.#sse;
  }

  /** An event has at most four channels: its job's and its owner's, each under the names of two tenants. */
  message(channel: string): string {
    const known = this.#messages.get(channel);
    if (known !== undefined) return known;
    const head = JSON.stringify({ type: 'event', channel, id: this.#id }).slice(0, -1);
    const message = `${head},"event":${this.#json}}`;
    this.#messages.set(channel, message);
    return message;
  }
}

/** A message that is none of an event's: seldom, so nothing of it is kept. */
class PlainFrame implements Frame {
  readonly sse: Buffer;
  readonly #type: string | null;
  readonly #content: object;

  constructor(sse: string, type: string | null, content: object = {}) {
    this.sse = Buffer.from(sse);
    this.#type = type;
    this.#content = content;
  }

  message(channel: string): string | null {
    return this.#type === null ? null : JSON.stringify({ type: this.#type, channel, ...this.#content });
  }
}

/** A sign of life. WebSockets have their own. */
export const HEARTBEAT: Frame = new PlainFrame(':\n\n', null);

/** A sign of life that says how far the stream is. */
export function positionFrame(cursor: string): Frame {
  return new PlainFrame(`id: ${cursor}\n\n`, null);
}

/** The stream of one job begins behind this event. */
export function jobStartFrame(seq: number): Frame {
  return new PlainFrame('', 'subscribed', { seq });
}

/** The stream of many jobs begins here. */
export function feedStartFrame(cursor: string): Frame {
  return new PlainFrame(`id: ${cursor}\n\n`, 'subscribed', { cursor });
}

export function resetFrame(reason: string, cursor: string): Frame {
  const content = { reason, cursor };
  return new PlainFrame(sseBlock('reset', content, cursor), 'reset', content);
}

export function changedFrame(jobId: JobId): Frame {
  return new PlainFrame(sseBlock('changed', { jobId }), 'changed', { jobId });
}

/** Nothing more will come. */
export const END: Frame = new PlainFrame(sseBlock('end', {}), 'end');

function sseBlock(event: string, data: object, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
