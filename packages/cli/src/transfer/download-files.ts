import { posix } from 'node:path';
import { cleanText } from '../clean-text.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { type DownloadPlan, type PlannedFile, planDownload, type SelectedOf } from './download-plan.ts';
import { fetchFile } from './fetch-file.ts';
import { FileFailures, isFatal } from './file-failures.ts';
import { forEachParallel } from './for-each-parallel.ts';
import { LocalDirectories } from './local-places.ts';
import { PartFiles } from './part-files.ts';
import { sha256Of } from './sha256.ts';
import { renderSummary, TransferBoard } from './transfer-board.ts';

/** How files are brought here. */
export interface DownloadSettings {
  /** The directory that was chosen. */
  readonly root: string;
  readonly force: boolean;
  readonly parallel: number;
  readonly checksum: boolean;
  /** Each file as a line of JSON. */
  readonly json: boolean;
  readonly quiet: boolean;
  readonly patienceMs: number | undefined;
  readonly signal: AbortSignal;
}

/** What became of a file, as --json shows it. */
interface FileReport {
  readonly path: string;
  readonly target: string;
  readonly length: number | null;
  readonly status: 'downloaded' | 'resumed' | 'unchanged';
  readonly sha256?: string;
}

/**
 * Brings everything that was chosen here. A file that fails is told and left out, unless the others would fail as
 * well; the code is that of the worst failure.
 */
export async function downloadFiles(
  session: Session,
  selections: readonly SelectedOf[],
  settings: DownloadSettings,
): Promise<ExitCode> {
  const directories = new LocalDirectories(settings.root);
  const plan = await planDownload(selections, { ...settings, directories });
  const download = new Download(session, { plan, directories, settings });
  return download.run();
}

class Download {
  readonly #session: Session;
  readonly #plan: DownloadPlan;
  readonly #directories: LocalDirectories;
  readonly #settings: DownloadSettings;
  readonly #board: TransferBoard;
  readonly #failures = new FileFailures();
  readonly #parts = new PartFiles();
  #unchanged = 0;

  constructor(
    session: Session,
    given: { plan: DownloadPlan; directories: LocalDirectories; settings: DownloadSettings },
  ) {
    const { files } = given.plan;
    const bytes = files.reduce((sum, { entry }) => sum + (entry.sizeBytes ?? 0), 0);
    this.#session = session;
    this.#plan = given.plan;
    this.#directories = given.directories;
    this.#settings = given.settings;
    this.#board = new TransferBoard(session, { files: files.length, bytes }, given.settings);
  }

  async run(): Promise<ExitCode> {
    const begunMs = performance.now();
    const { parallel: limit, signal } = this.#settings;
    this.#board.start();
    try {
      for (const { path, why } of this.#plan.refused)
        this.#board.complain(this.#failures.refuse(cleanText(path), why));
      for (const path of this.#plan.directories) await this.#makeDirectory(path);
      await forEachParallel(this.#plan.files, { limit, signal }, (file, ending) => this.#bring(file, ending));
    } finally {
      this.#board.stop();
    }
    const { files } = this.#plan;
    const counts = { files: files.length, unchanged: this.#unchanged, failed: this.#failures.count };
    this.#session.say(renderSummary(this.#board.moved, performance.now() - begunMs, counts));
    return this.#failures.exitCode;
  }

  async #makeDirectory(path: string): Promise<void> {
    try {
      await this.#directories.ensure(path);
    } catch (error) {
      this.#fail(path, error);
    }
  }

  async #bring(file: PlannedFile, signal: AbortSignal): Promise<void> {
    try {
      this.#print(file, file.state === 'same' ? await this.#keep(file) : await this.#fetch(file, signal));
    } catch (error) {
      signal.throwIfAborted();
      this.#fail(file.target, error);
    }
  }

  #fail(path: string, error: unknown): void {
    if (isFatal(error)) throw error;
    this.#board.complain(cleanText(this.#failures.note(path, error)));
  }

  async #keep({ target, entry }: PlannedFile): Promise<Pick<FileReport, 'status' | 'sha256'>> {
    const sha256 = this.#settings.checksum ? await sha256Of(target) : null;
    this.#board.skip(entry.sizeBytes ?? 0);
    this.#unchanged += 1;
    return { status: 'unchanged', ...(sha256 !== null && { sha256 }) };
  }

  async #fetch(file: PlannedFile, signal: AbortSignal): Promise<Pick<FileReport, 'status' | 'sha256'>> {
    await this.#directories.ensure(posix.dirname(file.to));
    const row = this.#board.begin(file.to, file.entry.sizeBytes);
    try {
      const options = { ...this.#settings, ...file, parts: this.#parts, signal, row };
      const { resumedAt, sha256 } = await fetchFile(options);
      return { status: resumedAt > 0 ? 'resumed' : 'downloaded', ...(sha256 !== null && { sha256 }) };
    } finally {
      row.end();
    }
  }

  #print({ tree, entry, target }: PlannedFile, became: Pick<FileReport, 'status' | 'sha256'>): void {
    const { json, checksum } = this.#settings;
    const report: FileReport = { path: tree.render(entry.path), target, length: entry.sizeBytes, ...became };
    if (json) return this.#board.printJson(report);
    // As sha256sum writes them, so that it can check them.
    const sum = checksum && became.sha256 !== undefined ? `${became.sha256}  ` : '';
    this.#board.print(`${sum}${cleanText(target)}`);
  }
}
