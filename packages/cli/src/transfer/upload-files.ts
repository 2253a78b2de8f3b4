import { type Client, type FileAddress, renderFileAddress } from '@arras/client';
import { cleanText } from '../clean-text.ts';
import type { ExitCode } from '../exit-codes.ts';
import { addressBelow, splitAddress } from '../remote/file-places.ts';
import { fileTree } from '../remote/file-tree.ts';
import { pathBelow, type RemoteEntry } from '../remote/remote-tree.ts';
import type { Session } from '../session.ts';
import { FileFailures, isFatal } from './file-failures.ts';
import { forEachParallel } from './for-each-parallel.ts';
import type { LocalFile, LocalTree } from './local-files.ts';
import { sendFile } from './send-file.ts';
import { sha256Of } from './sha256.ts';
import { renderSummary, TransferBoard } from './transfer-board.ts';

/** How files are sent. */
export interface UploadSettings {
  /** The directory that they go to. */
  readonly directory: FileAddress;
  /** Only what is missing there, has another size, or is older. */
  readonly update: boolean;
  readonly parallel: number;
  readonly checksum: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  /** True where calls are only printed. */
  readonly isCurl: boolean;
  readonly patienceMs: number | undefined;
  readonly signal: AbortSignal;
}

/** Sends files and directories. A file that fails is told and left out; the code is that of the worst failure. */
export async function uploadFiles(
  session: Session,
  client: Client,
  tree: LocalTree,
  settings: UploadSettings,
): Promise<ExitCode> {
  const there = settings.update
    ? await listThere(client, settings.directory)
    : new Map<string, RemoteEntry>();
  return new Upload(session, { client, tree, there, settings }).run();
}

/** What is there already, by the paths below the directory. */
async function listThere(client: Client, { systemId, path = '' }: FileAddress) {
  const { base, entries } = await fileTree(client, systemId).list(path, { recursive: true });
  return new Map(entries.map((entry) => [pathBelow(base, entry.path) ?? '', entry]));
}

interface Given {
  readonly client: Client;
  readonly tree: LocalTree;
  readonly there: ReadonlyMap<string, RemoteEntry>;
  readonly settings: UploadSettings;
}

class Upload {
  readonly #session: Session;
  readonly #given: Given;
  readonly #board: TransferBoard;
  readonly #failures = new FileFailures();
  #unchanged = 0;

  constructor(session: Session, given: Given) {
    const { files } = given.tree;
    const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    this.#session = session;
    this.#given = given;
    this.#board = new TransferBoard(session, { files: files.length, bytes }, given.settings);
  }

  async run(): Promise<ExitCode> {
    const begunMs = performance.now();
    const { files, emptyDirectories, leftOut } = this.#given.tree;
    const { parallel: limit, signal } = this.#given.settings;
    this.#board.start();
    try {
      for (const { path, why } of leftOut) this.#board.complain(this.#failures.refuse(cleanText(path), why));
      for (const path of emptyDirectories) await this.#makeDirectory(path);
      await forEachParallel(files, { limit, signal }, (file, ending) => this.#send(file, ending));
    } finally {
      this.#board.stop();
    }
    const counts = { files: files.length, unchanged: this.#unchanged, failed: this.#failures.count };
    this.#session.say(renderSummary(this.#board.moved, performance.now() - begunMs, counts));
    return this.#failures.exitCode;
  }

  async #makeDirectory(path: string): Promise<void> {
    const { client, settings } = this.#given;
    try {
      await client.files.mkdir(settings.directory, path);
    } catch (error) {
      this.#fail(path, error);
    }
  }

  async #send(file: LocalFile, signal: AbortSignal): Promise<void> {
    try {
      if (this.#isThere(file)) await this.#keep(file);
      else await this.#sendFile(file, signal);
    } catch (error) {
      signal.throwIfAborted();
      this.#fail(file.path, error);
    }
  }

  #isThere({ to, sizeBytes, changedMs }: LocalFile): boolean {
    const there = this.#given.there.get(to);
    return there?.sizeBytes === sizeBytes && Date.parse(there.lastModified) >= changedMs;
  }

  async #keep(file: LocalFile): Promise<void> {
    this.#unchanged += 1;
    this.#board.skip(file.sizeBytes);
    this.#print(file, 'unchanged', this.#given.settings.checksum ? await sha256Of(file.path) : null);
  }

  async #sendFile(file: LocalFile, signal: AbortSignal): Promise<void> {
    const { client, settings } = this.#given;
    const { directory, name } = splitAddress(addressBelow(settings.directory, file.to));
    const row = this.#board.begin(file.to, file.sizeBytes);
    try {
      const { path } = file;
      const sha256 = await sendFile({ ...settings, client, path, directory, name, signal, row });
      this.#print(file, 'uploaded', sha256);
    } finally {
      row.end();
    }
  }

  #fail(path: string, error: unknown): void {
    if (isFatal(error)) throw error;
    this.#board.complain(cleanText(this.#failures.note(path, error)));
  }

  #print({ path, to, sizeBytes }: LocalFile, status: 'uploaded' | 'unchanged', sha256: string | null): void {
    const target = renderFileAddress(addressBelow(this.#given.settings.directory, to));
    if (this.#given.settings.json) {
      const report = { path, target, length: sizeBytes, status, ...(sha256 !== null && { sha256 }) };
      return this.#board.printJson(report);
    }
    this.#board.print(`${sha256 === null ? '' : `${sha256}  `}${cleanText(target)}`);
  }
}
