import { type Client, type FileAddress, renderFileAddress } from '@arras/client';
import type { FileEntry } from '@arras/contract';
import { readAllPages } from './all-pages.ts';
import { namesOf, type RemoteEntry, type RemoteTree } from './remote-tree.ts';

/** The files of a system; without an id those of the default storage system. Paths are as in a {@link FileAddress}. */
export function fileTree(client: Client, systemId: string | undefined): RemoteTree {
  const at = (path: string): FileAddress => ({ systemId, path });
  return {
    identity: `system ${systemId ?? ''}`,
    render: (path) => renderFileAddress({ systemId, path }),
    list: async (path, { recursive }) => {
      const rows = await readAllPages((page) => client.files.list(at(path), { ...page, recursive }));
      const [first] = rows;
      // The service knows where the home directory is: a path below it becomes one from the top.
      if (first?.name === '.') return { base: first.path, file: null, entries: rows.slice(1).map(entryOf) };
      const base = first?.path ?? `/${namesOf(path).join('/')}`;
      return first?.type === 'file' && rows.length === 1
        ? { base, file: entryOf(first), entries: [] }
        : { base, file: null, entries: rows.map(entryOf) };
    },
    read: (path, options) => client.files.read(at(path), options),
    zip: (path, options) => client.files.downloadZip(at(path), options),
  };
}

function entryOf(raw: FileEntry): RemoteEntry {
  const { path, type, length, lastModified } = raw;
  return { path, type, sizeBytes: length < 0 ? null : length, lastModified, raw };
}
