import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { TestService } from './service.ts';

/** Begins a request whose body never comes to its end; resolves when the service has read its beginning. */
export async function beginEndlessRequest(service: TestService): Promise<void> {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined); // The service may cut it off.
  await once(socket, 'connect');
  const head =
    'POST /auth/v2/tokens HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100';
  socket.write(`${head}\r\n\r\n{`);
  // Answered after what was sent before has been read.
  assert.equal((await fetch(`${service.url}/health/live`)).status, 200);
}
