import { fitText } from '../clean-text.ts';

/** Where a painter paints. */
export interface Canvas {
  readonly repaint: boolean;
  /** Where a line is cut off. Default: `…`. */
  readonly mark?: string;
  width(): number;
  write(text: string): void;
}

// Erases from the cursor to the end of the screen (ECMA-48 ED).
const ERASE_BELOW = '\x1b[0J';

/** At most four times a second: more only flickers. */
const PERIOD_MS = 250;

/**
 * Shows lines that stay and, below them, a block that is painted over. States: between two writes the cursor stands
 * at the beginning of the line below the block, so that erasing is going up by its height. Where nothing may be
 * painted over there is no block, only lines.
 */
export class Painter {
  readonly #canvas: Canvas;
  readonly #render: () => readonly string[];
  #block: readonly string[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** `render` gives the block as it is now; it is asked again as time passes. Lines may hold colours. */
  constructor(canvas: Canvas, render: () => readonly string[]) {
    this.#canvas = canvas;
    this.#render = render;
  }

  /** Paints the block from now on. */
  start(): void {
    if (!this.#canvas.repaint || this.#timer !== null) return;
    this.#timer = setInterval(() => this.#paint([]), PERIOD_MS);
  }

  /** Paints the block as it is now, without waiting for its time. */
  repaint(): void {
    if (this.#timer !== null) this.#paint([]);
  }

  /** Prints lines that stay. */
  log(...lines: readonly string[]): void {
    if (lines.length === 0) return;
    if (this.#canvas.repaint) this.#paint(lines);
    else this.#canvas.write(`${lines.join('\n')}\n`);
  }

  /** Removes the block; the lines stay. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (this.#block.length > 0) this.#canvas.write(this.#eraser());
    this.#block = [];
  }

  #paint(lines: readonly string[]): void {
    const width = this.#canvas.width() - 1;
    const next =
      this.#timer === null ? [] : this.#render().map((line) => cutColoured(line, width, this.#canvas.mark));
    if (lines.length === 0 && next.join('\n') === this.#block.join('\n')) return;
    this.#canvas.write(`${this.#eraser()}${[...lines, ...next].map((line) => `${line}\n`).join('')}`);
    this.#block = next;
  }

  #eraser(): string {
    return this.#block.length === 0 ? '' : `\x1b[${this.#block.length}A\r${ERASE_BELOW}`;
  }
}

// Sample: \x1b[32m
// oxlint-disable-next-line eslint/no-control-regex
const COLOUR = /\x1b\[\d+m/g;

/** A line that wraps would spoil the count of lines; one that is too long loses its colours with its end. */
function cutColoured(line: string, width: number, mark?: string): string {
  const plain = line.replaceAll(COLOUR, '');
  const cut = fitText(plain, width, 'end', mark);
  return cut === plain ? line : cut;
}
