/** What to keep below a name: everything, or only some names. */
type Selection = 'everything' | Map<string, Selection>;

/**
 * Keeps the named fields of a result (spec: conventions 3.2), at any depth. Applied to every element of a list; an
 * element of which nothing is left disappears. A name that the result itself does not have is skipped, one that a
 * kept parent does not have appears as null. Fields keep the order of the object.
 * `terms`: `a.b` as `['a', 'b']`; `*` means everything below.
 */
export function selectFields(result: unknown, terms: readonly (readonly string[])[]): unknown {
  return select(result, buildSelection(terms), 'skip');
}

function buildSelection(terms: readonly (readonly string[])[]): Selection {
  const root: Map<string, Selection> = new Map();
  for (const term of terms) addTerm(root, term);
  return root;
}

function addTerm(selection: Map<string, Selection>, [name, ...rest]: readonly string[]): void {
  if (name === undefined) return;
  const known = selection.get(name);
  if (known === 'everything') return;
  if (rest.length === 0 || rest[0] === '*') {
    selection.set(name, 'everything');
    return;
  }
  const below = known ?? new Map<string, Selection>();
  selection.set(name, below);
  addTerm(below, rest);
}

function select(value: unknown, wanted: Selection, missing: 'skip' | 'null'): unknown {
  if (wanted === 'everything') return value;
  if (Array.isArray(value)) {
    return value.map((item) => select(item, wanted, missing)).filter((item) => !isEmpty(item));
  }
  // A plain value has nothing below it that could be named.
  if (typeof value !== 'object' || value === null) return null;
  const kept = Object.entries(value).flatMap(([name, item]) => {
    const below = wanted.get(name);
    return below === undefined ? [] : [[name, select(item, below, 'null')] as const];
  });
  const absent = missing === 'skip' ? [] : [...wanted.keys()].filter((name) => !Object.hasOwn(value, name));
  return Object.fromEntries([...kept, ...absent.map((name) => [name, null] as const)]);
}

function isEmpty(item: unknown): boolean {
  return item === null || (typeof item === 'object' && Object.keys(item).length === 0);
}
