import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Client, FileAddress } from '@arras/client';
import { keepTrying } from '../keep-trying.ts';
import type { TransferRow } from './transfer-board.ts';

/** One file to be sent. */
export interface SendOptions {
  readonly client: Client;
  /** The file here. */
  readonly path: string;
  readonly directory: FileAddress;
  readonly name: string;
  readonly checksum: boolean;
  /** True where calls are only printed: then the file is not opened. */
  readonly isCurl: boolean;
  readonly patienceMs: number | undefined;
  readonly signal: AbortSignal;
  readonly row: TransferRow;
}

/**
 * Sends a file, and sends it again when the connection breaks: the service has all of it or nothing.
 *
 * @returns its SHA-256 in hex, null when it is not wanted.
 */
export async function sendFile(options: SendOptions): Promise<string | null> {
  const { client, path, directory, name, isCurl, patienceMs, signal } = options;
  const source = new Source(options);
  const data = isCurl ? new File([], path) : () => source.open();
  await keepTrying(
    async () => {
      try {
        await client.files.upload(directory, { name, data }, { signal });
      } catch (error) {
        // What the disk here said is no outage of the service, although it ends the request.
        source.throwIfFailed();
        throw error;
      }
    },
    { signal, patienceMs },
  );
  return source.sha256();
}

/** The bytes of a file, counted; each opening begins anew. */
class Source {
  readonly #options: SendOptions;
  #hash: Hash | null = null;
  #failure: { readonly error: unknown } | null = null;

  constructor(options: SendOptions) {
    this.#options = options;
  }

  open(): ReadableStream<Uint8Array> {
    this.throwIfFailed();
    this.#options.row.restart(0, null);
    this.#hash = this.#options.checksum ? createHash('sha256') : null;
    return Readable.toWeb(Readable.from(this.#bytes())) as ReadableStream<Uint8Array>;
  }

  sha256(): string | null {
    return this.#hash?.digest('hex') ?? null;
  }

  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  async *#bytes(): AsyncGenerator<Uint8Array, void> {
    const { path, row } = this.#options;
    try {
      for await (const piece of createReadStream(path, { highWaterMark: 256 * 1024 })) {
        const bytes: Uint8Array = piece;
        this.#hash?.update(bytes);
        yield bytes;
        row.moved(bytes.length);
      }
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }
}
