/** What of a table is shown. */
export interface Table {
  readonly rows: readonly (readonly string[])[];
  /** There are more rows, or columns, than are shown. */
  readonly isCut: boolean;
}

/** What fits a page that still scrolls well. */
const MOST_ROWS = 1_000;
const MOST_COLUMNS = 100;
const LONGEST_CELL = 1_000;

/**
 * Reads separated values (RFC 4180): cells in quotes may hold separators, line ends and doubled quotes. What is not
 * well formed is shown as far as it can be read. `isPart`: the text ends anywhere, and its last row is left out.
 */
export function parseTable(text: string, separator: string, { isPart = false } = {}): Table {
  const reader = new TableReader(text, separator);
  const rows: string[][] = [];
  let isCut = isPart;
  while (!reader.isAtEnd && rows.length <= MOST_ROWS) {
    const row = reader.row();
    if (isPart && reader.isAtEnd) break;
    isCut ||= row.length > MOST_COLUMNS;
    rows.push(row.slice(0, MOST_COLUMNS));
  }
  return { rows: rows.slice(0, MOST_ROWS), isCut: isCut || rows.length > MOST_ROWS };
}

/** The separator of a table: a tab in files of that kind, else what the first line has most of. */
export function separatorOf(text: string, mimeType: string): string {
  if (mimeType === 'text/tab-separated-values') return '\t';
  const [first = ''] = text.split('\n', 1);
  const count = (separator: string) => first.split(separator).length;
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}

class TableReader {
  readonly #text: string;
  readonly #separator: string;
  #at = 0;

  constructor(text: string, separator: string) {
    this.#text = text;
    this.#separator = separator;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  row(): string[] {
    const cells = [this.#cell()];
    while (this.#take(this.#separator)) cells.push(this.#cell());
    this.#take('\r');
    this.#take('\n');
    return cells;
  }

  #cell(): string {
    const quoted = this.#take('"') ? this.#quoted() : '';
    return (quoted + this.#plain()).slice(0, LONGEST_CELL);
  }

  #plain(): string {
    const from = this.#at;
    while (!this.isAtEnd) {
      const character = this.#text[this.#at];
      const isEnd = character === '\n' || (character === '\r' && this.#text[this.#at + 1] === '\n');
      if (character === this.#separator || isEnd) break;
      this.#at += 1;
    }
    return this.#text.slice(from, this.#at);
  }

  #quoted(): string {
    let cell = '';
    for (;;) {
      const end = this.#text.indexOf('"', this.#at);
      const to = end === -1 ? this.#text.length : end;
      cell += this.#text.slice(this.#at, to);
      this.#at = to + 1;
      if (end === -1 || !this.#take('"')) return cell;
      cell += '"';
    }
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }
}
