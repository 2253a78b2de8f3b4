/** Bytes of a file that are on their way at a time: keeps a line of 100 MB/s busy over 20 ms. */
const WINDOW_BYTES = 2 * 1024 * 1024;
/** The same in requests, for sources that come in crumbs. */
const WINDOW_REQUESTS = 64;

/** Requests that are not answered yet; the first refusal is thrown by what is called next. */
export interface SftpWindow {
  makeRoom(): Promise<void>;
  add(sizeBytes: number, answered: Promise<void>): void;
  settle(): Promise<void>;
}

/** An empty one. */
export function createSftpWindow(): SftpWindow {
  const waiting: { readonly sizeBytes: number; readonly answered: Promise<void> }[] = [];
  let bytes = 0;
  async function awaitFirst(): Promise<void> {
    const first = waiting.shift();
    await first?.answered;
    bytes -= first?.sizeBytes ?? 0;
  }
  return {
    makeRoom: async () => {
      while (bytes >= WINDOW_BYTES || waiting.length >= WINDOW_REQUESTS) await awaitFirst();
    },
    add: (sizeBytes, answered) => {
      // Until its turn comes nobody hears a refusal, which must not end the process.
      answered.catch(() => undefined);
      waiting.push({ sizeBytes, answered });
      bytes += sizeBytes;
    },
    settle: async () => {
      while (waiting.length > 0) await awaitFirst();
    },
  };
}
