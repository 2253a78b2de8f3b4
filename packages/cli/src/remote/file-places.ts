import { ApiFailure, type Client, type FileAddress, parseFileAddress } from '@arras/client';
import { Refusal } from '../refusal.ts';

/** Reads an address of a file. @throws Refusal for what is none. */
export function readAddress(text: string): FileAddress {
  const address = parseFileAddress(text);
  if (address !== null) return address;
  throw new Refusal({
    what: `"${text}" is no address of a file.`,
    why: 'Expected agave://SYSTEM/PATH, tapis://SYSTEM/PATH, or a path on your default system.',
    todo: 'Correct it; a path with "//" behind the system begins at its root directory.',
  });
}

/** What is at an address. */
export type FoundPlace = 'file' | 'dir' | 'nothing';

/** Looks at an address, without what is below it. */
export async function inspectAddress(client: Client, at: FileAddress): Promise<FoundPlace> {
  try {
    const [first] = await client.files.list(at, { limit: 1 });
    return first?.type ?? 'dir';
  } catch (error) {
    if (error instanceof ApiFailure && error.code === 'file.not-found') return 'nothing';
    throw error;
  }
}

/** The directory that holds a path, and the path's name in it. */
export function splitAddress({ systemId, path = '' }: FileAddress): {
  readonly directory: FileAddress;
  readonly name: string;
} {
  const trimmed = path.replace(/\/+$/, '');
  const cut = trimmed.lastIndexOf('/');
  const above = cut === 0 ? '/' : trimmed.slice(0, Math.max(0, cut));
  return { directory: { systemId, path: above }, name: trimmed.slice(cut + 1) };
}

/** A path below a directory. */
export function addressBelow({ systemId, path = '' }: FileAddress, below: string): FileAddress {
  if (below === '' || below === '.') return { systemId, path };
  return { systemId, path: path === '' || path.endsWith('/') ? `${path}${below}` : `${path}/${below}` };
}
