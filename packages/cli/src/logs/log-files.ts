import { ApiFailure, type Client, type Download } from '@arras/client';
import { findJobLog } from '@arras/contract';
import { readAllPages } from '../remote/all-pages.ts';
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
    const options = { range, signal };
    yield* piecesOf(await this.#client.jobs.outputs.download(this.#id, this.#name(kind), options), signal);
  }

  /** Bytes of a file, and what is appended to it while the program runs. @throws BrokenOff as `read`. */
  async *follow(kind: LogKind, { start, signal }: Part): AsyncGenerator<Uint8Array, void> {
    yield* piecesOf(
      await this.#client.jobs.outputs.follow(this.#id, this.#name(kind), { start, signal }),
      signal,
    );
  }

  #name(kind: LogKind): string {
    return this.#names.get(kind) ?? '';
  }

  async #find(kind: LogKind): Promise<number | null> {
    const list = (page: { limit: number; offset: number }) =>
      this.#client.jobs.outputs.list(this.#id, '', page);
    const entries = await readAllPages(list).catch(ignoreMissing);
    const file = findJobLog(entries, this.#id, kind);
    if (file === undefined) return null;
    this.#names.set(kind, file.name);
    return file.length;
  }
}

async function* piecesOf({ stream }: Download, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  try {
    yield* stream;
  } catch (error) {
    signal.throwIfAborted();
    throw new BrokenOff(error);
  }
}

/** Before the job is submitted there is no directory. */
function ignoreMissing(error: unknown): [] {
  if (error instanceof ApiFailure && error.code === 'output.not-found') return [];
  throw error;
}
