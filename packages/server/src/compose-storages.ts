import type { StorageRequest } from '@arras/contract';
import type { UrlFiles } from './engine/targets.ts';
import { createEgressGuard, type EgressGuard } from './net/egress.ts';
import { openStorage, type StorageSecrets } from './storage/by-protocol.ts';
import { type Storage, StorageError } from './storage/storage.ts';
import { openUrl, whyNotUrl } from './storage/url-storage.ts';

/** Connections to one server: downloads that somebody reads slowly hold theirs for long. */
const CONNECTIONS_PER_ORIGIN = 256;

/** Every address: for systems that an administrator registered. */
const EVERYWHERE = ['0.0.0.0/0', '::/0'];

/** A storage of a server that is called through the egress guard. */
export interface CalledStorage {
  readonly storage: Storage;
  whyUnreachable(): Promise<string | null>;
}

/** Storages that are reached by calls of our own: object stores, web and FTP servers. */
export interface CalledStorages extends AsyncDisposable {
  /** Null for a protocol of another kind. `secrets` is asked only when the system needs some. */
  open(
    block: StorageRequest,
    options: { readonly trusted: boolean; readonly secrets: () => Promise<StorageSecrets> },
  ): Promise<CalledStorage | null>;
  readonly urls: UrlFiles;
}

/** The protocols of such storages. */
export const CALLED_PROTOCOLS: ReadonlySet<string> = new Set(['S3', 'FTP', 'HTTP', 'HTTPS']);

/** Makes them. `allow`: ranges that may be reached although they are private. */
export function composeStorages(allow: readonly string[]): CalledStorages {
  const guardFor = (ranges: readonly string[]): EgressGuard =>
    createEgressGuard({ allow: ranges, connectionsPerOrigin: CONNECTIONS_PER_ORIGIN });
  const guards = { outside: guardFor(allow), everywhere: guardFor(EVERYWHERE) };
  return {
    open: async (block, { trusted, secrets }) => {
      if (!CALLED_PROTOCOLS.has(block.protocol)) return null;
      const guard = trusted ? guards.everywhere : guards.outside;
      const storage = openStorage(block, { guard, secrets: await secrets() });
      return { storage, whyUnreachable: () => whyUnreachable(storage) };
    },
    urls: {
      whyNot: (url) => whyNotUrl(guards.outside, url),
      open: (url) => openUrl(guards.outside, url),
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([guards.outside.close(), guards.everywhere.close()]);
    },
  };
}

/** A server that answers is reached, whatever it says. */
async function whyUnreachable(storage: Storage): Promise<string | null> {
  try {
    await storage.find('/');
    return null;
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return error.code === 'unreachable' ? error.message : null;
  }
}
