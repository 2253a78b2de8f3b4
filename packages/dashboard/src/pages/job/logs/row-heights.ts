/** How high rows are, in pixels. */
export interface RowHeightsOptions {
  readonly count: number;
  /** Of a row by its index, measured or estimated. */
  readonly heightOf: (index: number) => number;
}

/** Where rows of different heights lie that follow one another from 0 on. */
export class RowHeights {
  readonly #tops: Float64Array;

  constructor({ count, heightOf }: RowHeightsOptions) {
    this.#tops = new Float64Array(count + 1);
    for (let index = 0; index < count; index++)
      this.#tops[index + 1] = (this.#tops[index] ?? 0) + heightOf(index);
  }

  get total(): number {
    return this.#tops.at(-1) ?? 0;
  }

  /** The upper edge of a row; the lower edge of all for an index beyond the last. */
  topOf(index: number): number {
    return this.#tops[Math.max(0, Math.min(index, this.#tops.length - 1))] ?? 0;
  }

  /** The row at a height; the nearest where there is none. */
  indexAt(height: number): number {
    let low = 0;
    let high = Math.max(0, this.#tops.length - 2);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.topOf(middle) <= height) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
