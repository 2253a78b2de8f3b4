import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { eventually } from './eventually.ts';

/** A block of a stream as it came: only its own fields. */
export interface SseBlock {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly comment?: string;
  readonly retry?: string;
}

/** How a stream is asked for. */
export interface SseRequest {
  readonly url: string;
  /** null: without one. */
  readonly token: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A stream under test, read as plain HTTP. */
export class SseClient {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Everything that came, block by block. */
  readonly blocks: SseBlock[] = [];
  /** The whole answer where it is no stream. */
  text = '';
  isClosed = false;
  readonly #request: ClientRequest;
  readonly #response: IncomingMessage;
  #rest = '';

  private constructor(sent: ClientRequest, response: IncomingMessage) {
    this.#request = sent;
    this.#response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.#receive(text));
    response.on('error', () => undefined);
    response.on('close', () => (this.isClosed = true));
  }

  /** Resolves with the head of the answer. */
  static async open({ url, token, headers = {} }: SseRequest): Promise<SseClient> {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    const sent = request(url, { headers: { ...authorization, ...headers }, agent: false });
    sent.on('error', () => undefined);
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
    sent.end();
    const [response] = await answered;
    return new SseClient(sent, response);
  }

  /** The messages of one name, with their data parsed; of any content the test expects. */
  // oxlint-disable-next-line typescript/no-explicit-any
  messages(event: string): readonly { readonly id: string | undefined; readonly data: any }[] {
    return this.blocks
      .filter((block) => block.event === event)
      .map(({ id, data }) => ({ id, data: JSON.parse(data ?? 'null') }));
  }

  /** Sequence numbers of the events that came. */
  seqs(): number[] {
    return this.messages('event').map(({ data }) => data.seq);
  }

  /** The last id that came. */
  get lastId(): string | undefined {
    return this.blocks.findLast(({ id }) => id !== undefined)?.id;
  }

  /** Waits for so many messages of a name. */
  async received(event: string, count: number, timeoutMs = 10_000): Promise<void> {
    const check = () =>
      this.messages(event).length >= count || assert.fail(JSON.stringify(this.blocks.slice(-5)));
    await eventually(`${count} × ${event}`, check, { timeoutMs, intervalMs: 5 });
  }

  async closed(timeoutMs = 10_000): Promise<void> {
    const check = () => this.isClosed || assert.fail(JSON.stringify(this.blocks.slice(-5)));
    await eventually('the stream is closed', check, { timeoutMs, intervalMs: 10 });
  }

  /** Reads no more until `resume`. */
  pause(): void {
    this.#response.pause();
  }

  resume(): void {
    this.#response.resume();
  }

  /** Cuts the connection. */
  close(): void {
    this.#request.destroy();
  }

  #receive(text: string): void {
    this.text += text;
    const parts = (this.#rest + text).split('\n\n');
    this.#rest = parts.pop() ?? '';
    this.blocks.push(...parts.map(readBlock));
  }
}

function readBlock(text: string): SseBlock {
  const fields = text.split('\n').map((line) => {
    const colon = line.indexOf(':');
    return [colon === 0 ? 'comment' : line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
  });
  return Object.fromEntries(fields);
}
