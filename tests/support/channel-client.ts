import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { channelMessageSchema } from '../../packages/contract/src/index.ts';
import { eventually } from './eventually.ts';

/** How a WebSocket is opened. */
export interface ChannelRequest {
  /** Base of the service, with http. */
  readonly url: string;
  readonly path?: string;
  readonly token?: string;
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A WebSocket under test. */
export class ChannelClient {
  readonly socket: WebSocket;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly messages: any[] = [];
  closed: { readonly code: number; readonly reason: string } | null = null;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      assert.ok(Buffer.isBuffer(data));
      this.messages.push(channelMessageSchema.parse(JSON.parse(data.toString())));
    });
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    socket.on('error', () => undefined);
  }

  static async open(request: ChannelRequest): Promise<ChannelClient> {
    const client = new ChannelClient(connect(request));
    await once(client.socket, 'open');
    return client;
  }

  /** The status and the text with which a connection is refused. */
  static async refused(request: ChannelRequest): Promise<{ readonly status: number; readonly text: string }> {
    const socket = connect(request);
    socket.on('error', () => undefined);
    socket.on('open', () => socket.terminate());
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    const parts = await response.setEncoding('utf8').toArray();
    return { status: response.statusCode ?? 0, text: parts.join('') };
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  // oxlint-disable-next-line typescript/no-explicit-any
  of(type: string): any[] {
    return this.messages.filter((message) => message.type === type);
  }

  async received(type: string, count: number): Promise<void> {
    const check = () => this.of(type).length >= count || assert.fail(JSON.stringify(this.messages.slice(-5)));
    await eventually(`${count} × ${type}`, check, { intervalMs: 5 });
  }

  async whenClosed(): Promise<{ readonly code: number; readonly reason: string }> {
    return eventually('the socket is closed', () => this.closed, { intervalMs: 5 });
  }
}

function connect({ url, path = '/channels/v2/', token, protocols = [], headers = {} }: ChannelRequest) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new WebSocket(`${url.replace('http', 'ws')}${path}`, [...protocols], {
    headers: { ...authorization, ...headers },
  });
}
