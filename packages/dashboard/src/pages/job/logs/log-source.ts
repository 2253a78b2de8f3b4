import { ApiFailure } from '../../../api/api-failure.ts';
import { download } from '../../../api/call.ts';

/** Bytes of a file, and how long the whole of it was at that time. */
export interface FilePart {
  readonly bytes: Uint8Array;
  /** null where the service did not say. */
  readonly size: number | null;
}

/** A file of a job that may grow. All positions count bytes; what lies beyond the end of the file is empty. */
export interface LogSource {
  /** The bytes from `start` up to and without `end`. */
  read(start: number, end: number, signal: AbortSignal): Promise<FilePart>;
  /** The bytes from a position to the end as it is now, as they come. */
  stream(start: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void>;
  /** The same, and what is appended until the job has ended; resolves once the service has begun to answer. */
  follow(start: number, signal: AbortSignal): Promise<AsyncGenerator<Uint8Array, void>>;
}

/** A file of a job's output, by its path in the job's directory; it may move to the archive at any time. */
export function outputSource(id: string, path: string): LogSource {
  const open = async (range: string, signal: AbortSignal) => {
    try {
      return await download('downloadJobOutput', { params: { id, path }, headers: { range }, signal });
    } catch (error) {
      if (error instanceof ApiFailure && error.facts.status === 416) return null;
      throw error;
    }
  };
  return {
    async read(start, end, signal) {
      if (end <= start) return { bytes: new Uint8Array(0), size: null };
      const response = await open(`bytes=${start}-${end - 1}`, signal);
      if (response === null) return { bytes: new Uint8Array(0), size: null };
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { bytes, size: sizeOf(response) };
    },
    async *stream(start, signal) {
      const response = await open(`bytes=${start}-`, signal);
      if (response !== null) yield* piecesOf(response);
    },
    async follow(start, signal) {
      const headers = { range: `bytes=${start}-` };
      const query = { follow: true };
      return piecesOf(await download('downloadJobOutput', { params: { id, path }, query, headers, signal }));
    },
  };
}

/** `bytes 0-1023/4096` (RFC 9110 section 14.4). */
function sizeOf(response: Response): number | null {
  const size = /\/([0-9]{1,15})$/.exec(response.headers.get('content-range') ?? '')?.[1];
  return size === undefined ? null : Number(size);
}

/** Read by hand: not every browser can iterate over a stream. */
async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array, void> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Whoever stops in the middle wants no more of it; after the end there is nothing to cancel.
    reader.cancel().catch(() => undefined);
  }
}
