/** The rows that are chosen for an action. */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** The row that was chosen last: where a range begins. */
  readonly anchor: string | null;
}

/** Nothing is chosen. */
export const NOTHING_SELECTED: Selection = { ids: new Set(), anchor: null };

/** Chooses a row, or no longer. */
export function toggleRow({ ids }: Selection, id: string): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
}

/** Chooses all rows from the one that was chosen last to this one. `order` is that of the list. */
export function selectTo(selection: Selection, id: string, order: readonly string[]): Selection {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor);
  const to = order.indexOf(id);
  if (from < 0 || to < 0) return toggleRow(selection, id);
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ids: new Set([...selection.ids, ...range]), anchor: selection.anchor };
}

/** Chooses all of these rows; none of them, when all were chosen. */
export function toggleRows({ ids }: Selection, rows: readonly string[]): Selection {
  const isAll = rows.length > 0 && rows.every((id) => ids.has(id));
  const next = new Set(ids);
  for (const id of rows) {
    if (isAll) next.delete(id);
    else next.add(id);
  }
  return { ids: next, anchor: null };
}

/** What the box above the rows shows. */
export function stateOfAll({ ids }: Selection, rows: readonly string[]): 'all' | 'some' | 'none' {
  const chosen = rows.filter((id) => ids.has(id)).length;
  if (chosen === 0) return 'none';
  return chosen === rows.length ? 'all' : 'some';
}
