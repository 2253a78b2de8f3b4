/** A column of the list. */
export interface Column {
  readonly title: string;
  /** Key of the filter grammar that orders by it; null where the API has no such order. */
  readonly sort: string | null;
  /** Of the API, to recognise the order of a list. */
  readonly field: string;
  /** Whether a first click has the largest, or the latest, first. */
  readonly startsDescending: boolean;
  /** Least width, in rem. */
  readonly width: number;
  /** Its share of the width that is left over. */
  readonly grows: number;
}

function column(title: string, sort: string | null, field: string, about: Partial<Column> = {}): Column {
  return { title, sort, field, startsDescending: false, width: 7, grows: 1, ...about };
}

const time: Partial<Column> = { startsDescending: true, width: 7.5, grows: 0 };

/** Every column that the list can have, in its order. */
export const COLUMNS = {
  status: column('Status', 'status', 'status', { width: 12.5, grows: 0 }),
  name: column('Name', 'name', 'name', { width: 11, grows: 3 }),
  id: column('Id', 'id', 'id', { width: 10 }),
  app: column('App', 'app', 'appId'),
  system: column('System', 'system', 'executionSystem'),
  owner: column('Owner', 'owner', 'owner'),
  created: column('Submitted', 'created', 'created', time),
  queued: column('In queue since', 'submitted', 'submitTime', { ...time, width: 9 }),
  started: column('Started', 'started', 'startTime', time),
  ended: column('Ended', 'ended', 'endTime', time),
  ran: column('Ran', 'ran', 'runTime', { ...time, width: 6 }),
  updated: column('Updated', 'updated', 'lastUpdated', time),
} as const satisfies Record<string, Column>;

/** Name of a column. */
export type ColumnName = keyof typeof COLUMNS;

/** All names, in the order of the list. */
export const COLUMN_NAMES = Object.keys(COLUMNS) as readonly ColumnName[];

/** What a list shows until somebody has chosen. */
export const DEFAULT_COLUMNS: readonly ColumnName[] = ['status', 'name', 'app', 'system', 'created', 'ran'];

/** Width of the box that chooses a row, in rem. */
const BOX_WIDTH = 2.25;

/** The columns as tracks of a CSS grid, and the least width of all, for a list that is wider than its place. */
export function layOutColumns(names: readonly ColumnName[]): {
  readonly tracks: string;
  readonly width: string;
} {
  const columns: readonly Column[] = names.map((name) => COLUMNS[name]);
  const tracks = columns.map(({ width, grows }) =>
    grows === 0 ? `${width}rem` : `minmax(${width}rem, ${grows}fr)`,
  );
  const total = columns.reduce((sum, { width }) => sum + width, BOX_WIDTH);
  return { tracks: [`${BOX_WIDTH}rem`, ...tracks].join(' '), width: `${total}rem` };
}

/** Rows that are closer together, or easier to hit. */
export const ROW_HEIGHTS = { comfortable: 40, compact: 28 } as const;

/** How close rows are. */
export type Density = keyof typeof ROW_HEIGHTS;

/** Height of a row on a narrow screen, where it has two lines; CSS pixels, as {@link ROW_HEIGHTS}. */
export const NARROW_ROW_HEIGHT = 60;

/** How the list is shown in this browser. */
export interface ListLook {
  readonly columns: readonly ColumnName[];
  readonly density: Density;
}

/** Reads what was kept: columns that are not known any more are left out, and a list without columns is none. */
export function readListLook(text: string | null): ListLook {
  const kept = parse(text);
  const names: readonly unknown[] = Array.isArray(kept['columns']) ? kept['columns'] : [];
  const columns = COLUMN_NAMES.filter((name) => names.includes(name));
  return {
    columns: columns.length === 0 ? DEFAULT_COLUMNS : columns,
    density: kept['density'] === 'compact' ? 'compact' : 'comfortable',
  };
}

function parse(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const kept: unknown = JSON.parse(text ?? '{}');
    return typeof kept === 'object' && kept !== null ? { ...kept } : {};
  } catch {
    return {};
  }
}

/** Shows a column, or no longer; the last one stays. */
export function toggleColumn(look: ListLook, name: ColumnName): ListLook {
  const isShown = look.columns.includes(name);
  if (isShown && look.columns.length === 1) return look;
  const columns = COLUMN_NAMES.filter((each) => (each === name ? !isShown : look.columns.includes(each)));
  return { ...look, columns };
}

/** The order that a click on a heading asks for: its first one, and then the other way. */
export function nextOrder(
  name: ColumnName,
  query: Readonly<Record<string, string>>,
): { readonly key: string; readonly descending: boolean } | null {
  const { sort, field, startsDescending }: Column = COLUMNS[name];
  if (sort === null) return null;
  const isCurrent = query['orderBy'] === field;
  return { key: sort, descending: isCurrent ? query['order'] !== 'DESC' : startsDescending };
}
