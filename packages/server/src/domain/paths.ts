/** A clean path, or the sentence that tells the user why there is none. */
export type PathResult =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly reason: string };

/** Linux's PATH_MAX: no call to a kernel takes a longer one. */
const MAX_PATH_LENGTH = 4096;

/**
 * The path rule of the v2 API: a leading `/` means relative to the system's rootDir, anything else relative to
 * its homeDir, which itself lies below rootDir. Yields a path relative to rootDir that starts with `/` and has
 * no empty, `.` or `..` parts. File names may hold any character but NUL and `/`.
 * `fromUrl`: the path is still percent-encoded, as in a request line (default false); it is decoded once.
 */
export function resolveSystemPath(
  system: { readonly homeDir: string },
  path: string,
  options: { readonly fromUrl?: boolean } = {},
): PathResult {
  const decoded = options.fromUrl === true ? decodePercent(path) : { ok: true as const, path };
  if (!decoded.ok) return decoded;
  return cleanPath(decoded.path.startsWith('/') ? decoded.path : `${system.homeDir}/${decoded.path}`);
}

/** Cleans a path that is relative to a root: what `resolveSystemPath` yields, without the rule about homeDir. */
export function cleanPath(path: string): PathResult {
  if (path.length > MAX_PATH_LENGTH) {
    return refuse(`a path has at most ${MAX_PATH_LENGTH} characters, this one has ${path.length}`);
  }
  if (path.includes('\0')) return refuse('a path cannot hold a NUL character');
  if (!path.isWellFormed()) return refuse('a path must be valid Unicode text');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return refuse('a path cannot hold ".." parts: name the place itself');
  return { ok: true, path: `/${parts.join('/')}` };
}

/**
 * Appends a relative path to a clean one; both come from `cleanPath` or from a listing.
 * Throws a RangeError on a `..` part, which neither source can hold.
 */
export function joinPath(base: string, relative: string): string {
  const parts = `${base}/${relative}`.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new RangeError(`expected clean paths, got ".." in ${base} + ${relative}`);
  return `/${parts.join('/')}`;
}

/** The last part of a clean path; empty for the root. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The directory that holds a clean path; the root's is the root. */
export function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** Decodes percent-escapes once: `%2e%2e` becomes `..`, `%252e` becomes the file name `%2e`. */
export function decodePercent(text: string): PathResult {
  try {
    return { ok: true, path: decodeURIComponent(text) };
  } catch {
    // decodeURIComponent throws on a lone `%` and on overlong or cut UTF-8 such as `..%c0%af`.
    return refuse('a "%" in an address must begin a valid UTF-8 escape: write "%25" for a plain "%"');
  }
}

function refuse(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
