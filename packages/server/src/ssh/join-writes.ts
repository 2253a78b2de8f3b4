import type { Duplex } from 'node:stream';

/**
 * Sends what is written in one turn of the event loop at once. The library writes each packet in three pieces, and for
 * each a call to the kernel and a packet of the network costs more than its encryption. Returns the same socket.
 */
export function joinWrites(socket: Duplex): Duplex {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let isHeld = false;
  function release(): void {
    isHeld = false;
    socket.uncork();
  }
  const joined = (...args: unknown[]): boolean => {
    if (!isHeld) {
      isHeld = true;
      socket.cork();
      setImmediate(release);
    }
    return write(...args);
  };
  return Object.assign(socket, { write: joined });
}
