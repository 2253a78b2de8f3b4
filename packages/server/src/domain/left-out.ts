/** A link or special file that was not copied. */
interface LeftOutEntry {
  readonly path: string;
  readonly what: string;
}

/** Names that a sentence tells; a job may make thousands. */
const MAX_NAMES = 5;
/** Characters of a name that a sentence tells. */
const MAX_LENGTH = 100;

/** Counts what was left out and keeps the first names of it. */
export interface LeftOutCount {
  add(entry: LeftOutEntry): void;
  /** A sentence for the history, with paths relative to `root`; null when nothing was left out. */
  describe(root: string): string | null;
}

export function countLeftOut(): LeftOutCount {
  const named: LeftOutEntry[] = [];
  let count = 0;
  return {
    add(entry) {
      count += 1;
      if (named.length < MAX_NAMES) named.push(entry);
    },
    describe(root) {
      if (count === 0) return null;
      const names = named.map(({ path, what }) => `${quote(relative(path, root))} (${what})`).join(', ');
      const more = count > named.length ? `, and ${count - named.length} more` : '';
      return `Links and special files are not copied; left out: ${names}${more}.`;
    },
  };
}

function relative(path: string, root: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/** Names are a program's own: control characters and bytes that are no text must not reach a terminal or the database. */
function quote(name: string): string {
  const text = name.toWellFormed();
  return JSON.stringify(text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…`.toWellFormed() : text);
}
