import { cleanText, fitText, textWidth } from './clean-text.ts';
import { paint, type Terminal, type Tone } from './terminal.ts';

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | number | boolean | null | undefined;
  readonly tone?: (row: Row) => Tone;
  readonly align?: 'right';
  /** How the column gives way when the terminal is narrow. Default: not at all. */
  readonly shrink?: 'middle' | 'end';
  /** Below this many columns of the terminal it gives way no further. Default: 8. */
  readonly narrowest?: number;
  /** Left out where there is no room even then; of several the last one first. */
  readonly dispensable?: true;
}

const GAP = 2;
/** Below this a cut text says nothing any more. */
const NARROWEST = 8;

/** A table as lines; fitted to the width and coloured only where somebody looks at it. */
export function renderTable<Row>(
  all: readonly Column<Row>[],
  rows: readonly Row[],
  { terminal, width }: { readonly terminal: Terminal; readonly width: number },
): string {
  const columns = terminal.isTty ? columnsWithRoom(all, rows, width) : all;
  const cells = rows.map((row) => columns.map(({ cell }) => cellText(cell(row))));
  const widths = columns.map(({ title }, index) =>
    Math.max(textWidth(title), ...cells.map((line) => textWidth(line[index] ?? ''))),
  );
  if (terminal.isTty) shrink(widths, columns, width);
  const line = (texts: readonly string[], tone: (index: number) => Tone | undefined) =>
    texts
      .map((text, index) =>
        renderCell(text, { column: columns[index], width: widths[index] ?? 0, tone: tone(index), terminal }),
      )
      .join(' '.repeat(GAP))
      .trimEnd();
  const header = line(
    columns.map(({ title }) => title),
    () => 'bold',
  );
  const body = rows.map((row, number) => line(cells[number] ?? [], (index) => columns[index]?.tone?.(row)));
  return [header, ...body, ''].join('\n');
}

/** Leaves columns out until the others can be cut to the width. */
function columnsWithRoom<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): readonly Column<Row>[] {
  const least = columns.map(({ title, cell, shrink, narrowest = NARROWEST }) => {
    const widest = Math.max(...[title, ...rows.map((row) => cellText(cell(row)))].map(textWidth));
    return shrink === undefined ? widest : Math.min(widest, narrowest);
  });
  const total = least.reduce((sum, next) => sum + next, GAP * (columns.length - 1));
  const last = columns.findLastIndex(({ dispensable }) => dispensable);
  if (total <= width || last === -1) return columns;
  return columnsWithRoom(columns.toSpliced(last, 1), rows, width);
}

function cellText(value: string | number | boolean | null | undefined): string {
  return cleanText(String(value ?? '-'));
}

/** Takes from the widest column that may give way until all fit. */
function shrink<Row>(widths: number[], columns: readonly Column<Row>[], width: number): void {
  const total = () => widths.reduce((sum, next) => sum + next, GAP * (columns.length - 1));
  while (total() > width) {
    const open = columns.flatMap(({ shrink, narrowest = NARROWEST }, index) =>
      shrink !== undefined && (widths[index] ?? 0) > narrowest ? [index] : [],
    );
    const widest = open.sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0];
    if (widest === undefined) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

interface CellPlace<Row> {
  readonly column: Column<Row> | undefined;
  readonly width: number;
  readonly tone: Tone | undefined;
  readonly terminal: Terminal;
}

function renderCell<Row>(text: string, { column, width, tone, terminal }: CellPlace<Row>): string {
  const fitted = fitText(text, width, column?.shrink ?? 'end', terminal.unicode ? '…' : '..');
  const blank = ' '.repeat(Math.max(0, width - textWidth(fitted)));
  const shown = tone === undefined ? fitted : paint(terminal, tone, fitted);
  return column?.align === 'right' ? `${blank}${shown}` : `${shown}${blank}`;
}
