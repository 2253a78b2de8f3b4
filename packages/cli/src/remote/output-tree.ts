import type { Client } from '@arras/client';
import type { OutputEntry } from '@arras/contract';
import { readAllPages } from './all-pages.ts';
import { namesOf, type RemoteEntry, type RemoteListing, type RemoteTree } from './remote-tree.ts';

/** The files of a job, wherever they are at the moment. */
export function outputTree(client: Client, id: string): RemoteTree {
  return {
    identity: `job ${id}`,
    render: (path) => path,
    list: async (path, { recursive }) => {
      const rows = await readAllPages((page) => client.jobs.outputs.list(id, path, { ...page, recursive }));
      return listingOf(`/${namesOf(path).join('/')}`, rows.filter(({ name }) => name !== '.').map(entryOf));
    },
    read: (path, options) => client.jobs.outputs.read(id, path, options),
    zip: (path, options) => client.jobs.outputs.downloadZip(id, path, options),
  };
}

function listingOf(base: string, entries: readonly RemoteEntry[]): RemoteListing {
  const [only] = entries;
  const isFile = entries.length === 1 && only?.type === 'file' && only.path === base;
  return isFile ? { base, file: only, entries: [] } : { base, file: null, entries };
}

function entryOf(raw: OutputEntry): RemoteEntry {
  const { path, type, length, lastModified } = raw;
  return { path, type, sizeBytes: length < 0 ? null : length, lastModified, raw };
}
