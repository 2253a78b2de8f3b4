/** A filter with a name. */
export interface SavedView {
  /** As addresses have it. */
  readonly name: string;
  readonly title: string;
  readonly filter: string;
  /** Comes with the dashboard, and cannot be changed. */
  readonly isPreset: boolean;
}

/** The views that everybody has. */
export const PRESET_VIEWS: readonly SavedView[] = [
  { name: 'mine-running', title: 'Mine running', filter: 'status:running owner:me', isPreset: true },
  {
    name: 'failed-24h',
    title: 'Failed 24 h',
    filter: 'status:failed,archiving_failed ended:>24h',
    isPreset: true,
  },
  {
    name: 'waiting-long',
    title: 'Waiting long',
    filter: 'status:queued submitted:<1h sort:submitted',
    isPreset: true,
  },
];

/** A filter that the service keeps under a name. */
export interface SavedFilter {
  readonly name: string;
  readonly filter: string;
}

/** The saved filters with what was changed since they were read: a filter that was saved, or null for one deleted. */
export function applyChanges(
  saved: readonly SavedFilter[],
  changed: ReadonlyMap<string, string | null>,
): readonly SavedFilter[] {
  const kept = saved.filter(({ name }) => !changed.has(name));
  const ours = [...changed].flatMap(([name, filter]) => (filter === null ? [] : [{ name, filter }]));
  return [...kept, ...ours].toSorted((one, other) => one.name.localeCompare(other.name));
}

/** All views: those of everybody, then the user's own by name. One of the user's replaces a preset of its name. */
export function listViews(saved: readonly SavedFilter[]): readonly SavedView[] {
  const names = new Set(saved.map(({ name }) => name));
  const own = saved.map(({ name, filter }) => ({ name, title: name, filter, isPreset: false }));
  return [...PRESET_VIEWS.filter(({ name }) => !names.has(name)), ...own];
}

/** What an address shows. */
export interface ShownView {
  readonly filter: string;
  /** The view that it began with; null: none, or one that is not known. */
  readonly view: SavedView | null;
  /** The filter is no longer that of the view. */
  readonly isChanged: boolean;
  /** The name of a view that is not known, or not yet. */
  readonly unknown: string | null;
}

/** The filter of an address: `?q=` says it, `?view=` alone that of the view. */
export function readShownView(
  { q, view: name }: { readonly q: string | null; readonly view: string | null },
  views: readonly SavedView[],
): ShownView {
  const view = views.find((each) => each.name === name) ?? null;
  const unknown = view === null ? name : null;
  if (view === null) return { filter: q ?? '', view, isChanged: false, unknown };
  const filter = q ?? view.filter;
  return { filter, view, isChanged: filter.trim() !== view.filter, unknown };
}

/** Why a view cannot have this name; null when it can. As the service says it, and before it is asked. */
export function findViewNameProblem(name: string): string | null {
  if (name === '') return 'Give the view a name.';
  if (name.length > 64) return 'A name has at most 64 characters.';
  if (!/^[A-Za-z0-9._-]+$/.test(name) || name === '.' || name === '..')
    return 'A name is of letters, digits and . _ - without blanks.';
  return null;
}
