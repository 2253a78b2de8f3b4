/** One thing that a key does. */
export interface Shortcut {
  /** For the map, such as `Next job`. */
  readonly label: string;
  readonly run: () => unknown;
}

/** Shortcuts by their keys: one, such as `j`, or several after each other, such as `g j`. */
export type Shortcuts = Readonly<Record<string, Shortcut>>;

/** A shortcut with its keys. */
export interface BoundShortcut extends Shortcut {
  readonly keys: string;
}

/** The first key of several is forgotten after this long, in milliseconds. */
const SEQUENCE_MS = 1_500;

/** Which keys do what now. Whoever came last is asked first: a page before the frame, a tab before its page. */
export class ShortcutRegistry {
  readonly #layers: Shortcuts[] = [];
  #begun: { readonly keys: string; readonly untilMs: number } | null = null;

  /** Ends with the function that it gives. */
  add(shortcuts: Shortcuts): () => void {
    const layer = { ...shortcuts };
    this.#layers.push(layer);
    return () => void this.#layers.splice(this.#layers.indexOf(layer), 1);
  }

  /** The shortcut that a key completes; null when there is none, or more keys have to follow. */
  press(key: string, nowMs: number): Shortcut | null {
    const begun = this.#begun !== null && nowMs <= this.#begun.untilMs ? `${this.#begun.keys} ` : '';
    this.#begun = null;
    const found = this.#find(begun + key) ?? (begun === '' ? null : this.#find(key));
    if (found === null && this.#isBeginning(begun + key))
      this.#begun = { keys: begun + key, untilMs: nowMs + SEQUENCE_MS };
    return found;
  }

  /** All that can be pressed now, each once, those of the page first. */
  list(): readonly BoundShortcut[] {
    const all = new Map<string, BoundShortcut>();
    for (const layer of this.#layers.toReversed())
      for (const [keys, shortcut] of Object.entries(layer))
        if (!all.has(keys)) all.set(keys, { keys, ...shortcut });
    return [...all.values()];
  }

  #find(keys: string): Shortcut | null {
    for (const layer of this.#layers.toReversed()) {
      const shortcut = layer[keys];
      if (shortcut !== undefined) return shortcut;
    }
    return null;
  }

  #isBeginning(keys: string): boolean {
    return this.#layers.some((layer) => Object.keys(layer).some((known) => known.startsWith(`${keys} `)));
  }
}
