/** A place on a system, as the calls of files take it. */
export interface FileAddress {
  /** Default: your default storage system. */
  readonly systemId?: string | undefined;
  /** Below the home directory of the system; with a slash before it below its root. Default: the home directory. */
  readonly path?: string | undefined;
}

// Samples: agave://store.example.org/data/a.csv, tapis://store.example.org//absolute, https://example.org/a.csv
const ADDRESS = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)(?:\/(.*))?$/is;
const SCHEMES: readonly string[] = ['agave', 'tapis'];

/**
 * Reads `agave://SYSTEM/PATH` (below its home directory), `agave://SYSTEM//PATH` (below its root), the same with
 * `tapis://`, or a plain path on the default system. In addresses `%` begins an escape; plain paths are literal. Null
 * for addresses of other kinds and for what is none.
 */
export function parseFileAddress(text: string): FileAddress | null {
  const [whole, scheme = '', systemId = '', rest = ''] = ADDRESS.exec(text) ?? [];
  if (whole === undefined) return text.includes('://') ? null : { path: text };
  if (!SCHEMES.includes(scheme.toLowerCase()) || !/^[0-9a-zA-Z.-]{1,64}$/.test(systemId)) return null;
  try {
    return { systemId, path: decodeURIComponent(rest) };
  } catch {
    return null; // A percent sign that begins no escape.
  }
}

/** What {@link parseFileAddress} reads back. */
export function renderFileAddress({ systemId, path = '' }: FileAddress): string {
  if (systemId === undefined) return path;
  return `agave://${systemId}/${path.split('/').map(encodeURIComponent).join('/')}`;
}
