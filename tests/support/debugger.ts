import { eventually } from './eventually.ts';
import type { TestService } from './service.ts';

/** What makes a service start with a debugger on a free loopback port. */
export const WITH_DEBUGGER = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

/**
 * Keeps the event loop of a service busy for so long, by a loop in its debugger: the service itself has no
 * part in it. Resolves when the loop has ended.
 */
export async function blockEventLoop(service: TestService, milliseconds: number): Promise<void> {
  const url = await eventually('the debugger listens', () => /ws:\/\/\S+/.exec(service.log())?.[0]);
  const socket = new WebSocket(url);
  const { promise: answered, resolve, reject } = Promise.withResolvers<void>();
  socket.addEventListener('error', () => reject(new Error('the debugger cannot be reached')));
  socket.addEventListener('message', () => resolve());
  socket.addEventListener('open', () => {
    const expression = `{ const end = performance.now() + ${milliseconds}; while (performance.now() < end); }`;
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
  });
  await answered;
  socket.close();
}
