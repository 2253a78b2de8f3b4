import { ApiFailure, type Client } from '@arras/client';
import { readListing } from '../commands/outputs.ts';
import { BrokenOff } from './broken-off.ts';

/** A stream of a program: its standard output or its standard error. */
export type LogKind = 'out' | 'err';

/** What has to be asked for. */
export interface Part {
  readonly start: number;
  /** The last byte; the end of the file when not given. */
  readonly end?: number;
  readonly signal: AbortSignal;
}

/**
 * The files into which a job's program writes, by their names in the job's directory. That directory moves from the
 * system of the job to its archive; the service knows where it is, and the names and the bytes stay the same.
 */
export class LogFiles {
  readonly #client: Client;
  readonly #id: string;
  readonly #names = new Map<LogKind, string>();

  constructor(client: Client, id: string) {
    this.#client = client;
    this.#id = id;
  }

  /** The bytes that there are now; null while there is no such file. */
  async length(kind: LogKind): Promise<number | null> {
    const name = this.#names.get(kind);
    if (name === undefined) return this.#find(kind);
    const [file] = await this.#client.jobs.outputs.list(this.#id, name).catch(ignoreMissing);
    return file?.length ?? null;
  }

  /** Bytes of a file as they come. @throws BrokenOff when the connection is lost in between. */
  async *read(kind: LogKind, { start, end, signal }: Part): AsyncGenerator<Uint8Array, void> {
    const range = `bytes=${start}-${end ?? ''}`;
    const name = this.#names.get(kind) ?? '';
    const { stream } = await this.#client.jobs.outputs.download(this.#id, name, { range, signal });
    try {
      yield* stream;
    } catch (error) {
      signal.throwIfAborted();
      throw new BrokenOff(error);
    }
  }

  /** The names end in the id of the job, whatever the job is called. */
  async #find(kind: LogKind): Promise<number | null> {
    const entries = await readListing(this.#client, this.#id, '').catch(ignoreMissing);
    const file = entries.find(({ name }) => name.endsWith(`-${this.#id}.${kind}`));
    if (file === undefined) return null;
    this.#names.set(kind, file.name);
    return file.length;
  }
}

/** Before the job is submitted there is no directory. */
function ignoreMissing(error: unknown): [] {
  if (error instanceof ApiFailure && error.code === 'output.not-found') return [];
  throw error;
}
