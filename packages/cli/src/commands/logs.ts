import { once } from 'node:events';
import { ApiFailure, type Client, hasEnded, pause } from '@arras/client';
import { EXIT } from '../exit-codes.ts';
import { resolveJobId } from '../job-id.ts';
import { Refusal } from '../refusal.ts';
import type { Invocation } from '../runner.ts';
import { readListing } from './outputs.ts';

/** Options of the logs. */
export interface LogOptions {
  readonly follow?: boolean;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
}

type Ending = 'out' | 'err';

// A log is looked at more often than a status: it is small, and somebody is reading.
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 5_000;

/** Prints what the program has written so far; with --follow goes on until the job has ended. */
export async function showLogs(
  { session, client, lookup, options }: Invocation<LogOptions>,
  typed: string,
): Promise<void> {
  const api = client();
  const id = await resolveJobId(lookup(), typed);
  const endings = (['out', 'err'] as const).filter(
    (ending) => (ending === 'out' ? options.stderr : options.stdout) !== true,
  );
  const tail = new Tail(api, id, (label) =>
    endings.length > 1 ? session.say(`==> ${label} <==\n`) : undefined,
  );
  let delayMs = FIRST_DELAY_MS;
  for (;;) {
    const { status } = await api.jobs.status(id);
    let grown = 0;
    for (const ending of endings) grown += await tail.print(ending);
    if (options.follow !== true && !tail.found) throw noLogs(id, status);
    if (options.follow !== true || hasEnded(status)) return;
    delayMs = grown > 0 ? FIRST_DELAY_MS : Math.min(delayMs * 2, LONGEST_DELAY_MS);
    await pause(delayMs);
  }
}

/** The two log files of a job and how much of each was printed. */
class Tail {
  readonly #api: Client;
  readonly #id: string;
  readonly #announce: (label: string) => void;
  readonly #printed = new Map<Ending, number>();
  #paths = new Map<Ending, string>();
  #last: Ending | null = null;

  constructor(api: Client, id: string, announce: (label: string) => void) {
    this.#api = api;
    this.#id = id;
    this.#announce = announce;
  }

  get found(): boolean {
    return this.#paths.size > 0;
  }

  /** Prints what is new of one file; gives the number of bytes. */
  async print(ending: Ending): Promise<number> {
    const path = await this.#find(ending);
    if (path === undefined) return 0;
    const offset = this.#printed.get(ending) ?? 0;
    let bytes = 0;
    for await (const chunk of await this.#open(path, offset)) {
      if (this.#last !== ending) this.#announce(ending === 'out' ? 'standard output' : 'standard error');
      this.#last = ending;
      if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
      bytes += chunk.length;
    }
    this.#printed.set(ending, offset + bytes);
    return bytes;
  }

  async #open(path: string, offset: number): Promise<AsyncIterable<Uint8Array>> {
    try {
      return (
        await this.#api.jobs.outputs.download(
          this.#id,
          path,
          offset === 0 ? {} : { range: `bytes=${offset}-` },
        )
      ).stream;
    } catch (error) {
      // Nothing new, or the file is on its way to the archive: the next look tells.
      if (error instanceof ApiFailure && (error.status === 416 || error.code === 'output.not-found'))
        return emptyStream();
      throw error;
    }
  }

  /** The names end in the id of the job, whatever the job is called. */
  async #find(ending: Ending): Promise<string | undefined> {
    if (!this.#paths.has(ending)) {
      const entries = await readListing(this.#api, this.#id, '').catch(ignoreMissing);
      for (const { name } of entries) {
        if (name.endsWith(`-${this.#id}.out`)) this.#paths.set('out', name);
        if (name.endsWith(`-${this.#id}.err`)) this.#paths.set('err', name);
      }
    }
    return this.#paths.get(ending);
  }
}

async function* emptyStream(): AsyncGenerator<Uint8Array> {
  // Nothing to give.
}

/** Before the job is submitted there is no directory. */
function ignoreMissing(error: unknown): { name: string }[] {
  if (error instanceof ApiFailure && error.code === 'output.not-found') return [];
  throw error;
}

function noLogs(id: string, status: string): Refusal {
  return new Refusal({
    what: `${id} has written nothing yet.`,
    why: `It is ${status}; its program writes when it runs.`,
    todo: `arras jobs logs -f ${id}`,
    exitCode: EXIT.notFound,
  });
}
