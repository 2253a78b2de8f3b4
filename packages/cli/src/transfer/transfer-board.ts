import { renderJsonLine } from '../clean-text.ts';
import { renderDuration, renderSize } from '../quantities.ts';
import type { Session } from '../session.ts';
import { paint } from '../terminal.ts';
import { wholeSeconds } from '../watch/notices.ts';
import { Painter } from '../watch/painter.ts';
import { STALLED_MS } from '../watch/stall-clock.ts';
import { renderTransferBar } from '../watch/transfer-bars.ts';
import { RateMeter } from './rate-meter.ts';

/** More bars than this push everything else off the screen. */
const MOST_BARS = 8;

/** What is to be moved in all. */
export interface BoardTotals {
  readonly files: number;
  readonly bytes: number;
}

/** One file that is on its way. */
export interface TransferRow {
  /** So many bytes more. */
  moved(bytes: number): void;
  /** The file is read from here on, whatever was said before; its size as far as it is known. */
  restart(at: number, sizeBytes: number | null): void;
  /** The connection broke; it is tried again after a while. */
  lost(retryInMs: number): void;
  end(): void;
}

/**
 * Shows files on their way: on a terminal a bar for each that moves, and one for all; elsewhere nothing but what is
 * printed of files that are done.
 */
export class TransferBoard {
  readonly #session: Session;
  readonly #totals: BoardTotals;
  readonly #painter: Painter;
  readonly #rows = new Set<Row>();
  readonly #rate = new RateMeter();
  readonly #complaints: string[] = [];
  #files = 0;
  /** Of files that are done. */
  #bytes = 0;
  /** Moved by this process. */
  #moved = 0;
  #isLost = false;

  constructor(session: Session, totals: BoardTotals, { quiet = false }: { readonly quiet?: boolean } = {}) {
    const { terminal, width, out } = session;
    this.#session = session;
    this.#totals = totals;
    const mark = terminal.unicode ? '…' : '..';
    const canvas = { repaint: terminal.repaint && !quiet, mark, width, write: out };
    this.#painter = new Painter(canvas, () => this.#render());
  }

  /** Bytes that this process has moved. */
  get moved(): number {
    return this.#moved;
  }

  start(): void {
    this.#painter.start();
  }

  /** A file begins. */
  begin(name: string, sizeBytes: number | null): TransferRow {
    const row = new Row(name, sizeBytes, (bytes) => {
      this.#moved += bytes;
      this.#isLost = false;
    });
    this.#rows.add(row);
    return {
      moved: (bytes) => row.moved(bytes),
      restart: (at, size) => row.restart(at, size),
      lost: (retryInMs) => this.#lost(retryInMs),
      end: () => {
        this.#rows.delete(row);
        this.#bytes += row.position;
        this.#files += 1;
      },
    };
  }

  /** A file that needs not be moved. */
  skip(bytes: number): void {
    this.#files += 1;
    this.#bytes += bytes;
  }

  /** Prints a line of data. */
  print(line: string): void {
    this.#painter.log(line);
  }

  /** Prints a value as one line of JSON. */
  printJson(value: unknown): void {
    this.#painter.log(renderJsonLine(value));
  }

  /** Says what went wrong with one file; on a terminal when the bars are gone. */
  complain(line: string): void {
    if (this.#session.terminal.repaint) this.#complaints.push(line);
    else this.#session.warn(`${line}\n`);
  }

  /** Removes the bars. */
  stop(): void {
    this.#painter.stop();
    for (const line of this.#complaints.splice(0)) this.#session.warn(`${line}\n`);
  }

  #lost(retryInMs: number): void {
    if (!this.#isLost && !this.#session.terminal.repaint)
      this.#session.say(`lost connection, retrying in ${renderDuration(retryInMs)}\n`);
    this.#isLost = true;
  }

  #render(): readonly string[] {
    const nowMs = Date.now();
    this.#rate.note(this.#moved, nowMs);
    const { terminal, height } = this.#session;
    const most = Math.max(1, Math.min(MOST_BARS, height() - 3));
    const bars = [...this.#rows].slice(0, most).map((row) => row.render(terminal, nowMs));
    return [...bars, paint(terminal, 'idle', this.#renderTotal())];
  }

  /** `████░░░░  40 %  1.2 GB of 3.2 GB  88 MB/s  12 of 30 files, 22s left`. */
  #renderTotal(): string {
    const { files, bytes } = this.#totals;
    const here = this.#bytes + [...this.#rows].reduce((sum, { position }) => sum + position, 0);
    const rate = this.#rate.bytesPerSecond;
    const progress = { totalBytes: bytes, totalBytesTransferred: here, averageRate: rate ?? 0 };
    const count = `${this.#files} of ${files} ${files === 1 ? 'file' : 'files'}`;
    const source = `${count}${this.#isLost ? ', no connection' : renderRest(bytes - here, rate)}`;
    return renderTransferBar({ ...progress, source }, { unicode: this.#session.terminal.unicode });
  }
}

function renderRest(bytesLeft: number, rate: number | null): string {
  if (bytesLeft <= 0) return '';
  if (rate === null || rate <= 0) return ', estimating';
  return `, ${wholeSeconds((Math.ceil(bytesLeft / rate) || 1) * 1_000)} left`;
}

/** How far one file is. */
class Row {
  readonly #name: string;
  readonly #onMoved: (bytes: number) => void;
  readonly #rate = new RateMeter();
  #sizeBytes: number | null;
  #movedAtMs = Date.now();
  position = 0;

  constructor(name: string, sizeBytes: number | null, onMoved: (bytes: number) => void) {
    this.#name = name;
    this.#sizeBytes = sizeBytes;
    this.#onMoved = onMoved;
  }

  moved(bytes: number): void {
    this.position += bytes;
    this.#movedAtMs = Date.now();
    this.#onMoved(bytes);
  }

  restart(at: number, sizeBytes: number | null): void {
    // What has to be moved again counts once.
    if (at < this.position) this.#onMoved(at - this.position);
    this.position = at;
    this.#sizeBytes = sizeBytes ?? this.#sizeBytes;
    this.#movedAtMs = Date.now();
  }

  render(terminal: Session['terminal'], nowMs: number): string {
    this.#rate.note(this.position, nowMs);
    const averageRate = Math.max(0, this.#rate.bytesPerSecond ?? 0);
    const stillMs = nowMs - this.#movedAtMs;
    const stalledMs = stillMs >= STALLED_MS ? stillMs : null;
    if (this.#sizeBytes === null) return `${renderSize(this.position)} so far  ${this.#name}`;
    const progress = { totalBytes: this.#sizeBytes, totalBytesTransferred: this.position, averageRate };
    return renderTransferBar({ ...progress, source: this.#name }, { unicode: terminal.unicode, stalledMs });
  }
}

/** `12 files, 3.2 GB in 36s, 88 MB/s; 3 unchanged; 1 failed`, as a line. */
export function renderSummary(
  bytes: number,
  tookMs: number,
  {
    files,
    unchanged,
    failed,
  }: { readonly files: number; readonly unchanged: number; readonly failed: number },
): string {
  const rate = tookMs > 0 && bytes > 0 ? `, ${renderSize((bytes * 1_000) / tookMs)}/s` : '';
  const parts = [
    `${files} ${files === 1 ? 'file' : 'files'}, ${renderSize(bytes)} in ${renderDuration(tookMs)}${rate}`,
    ...(unchanged > 0 ? [`${unchanged} unchanged`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return `${parts.join('; ')}\n`;
}
