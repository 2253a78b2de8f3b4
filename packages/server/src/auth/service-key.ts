import { hkdfSync, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from '../database/connection.ts';
import { keepServiceKey } from '../database/service-keys.ts';

/** Bytes of the key that all of the service's own secrets depend on. */
export const SERVICE_KEY_BYTES = 32;

/** The service's keys: the first seals and signs, all open and verify. */
export type ServiceKeys = readonly [Uint8Array, ...Uint8Array[]];

/** Where the key may come from. */
export interface ServiceKeySources {
  /** ARRAS_SERVICE_KEY; null: not set. */
  readonly given: Uint8Array | null;
  readonly dataDirectory: string;
  /** The database that several hosts may share; null: the service's own, beside the data directory. */
  readonly sharedDatabase: Db | null;
  readonly randomBytes: (size: number) => Uint8Array;
}

/**
 * The key of the settings, else the one all replicas of a shared database have in common, else that of the data
 * directory, made at the first start. Keys kept earlier still open what they sealed when a key is set later.
 */
export async function loadServiceKeys(sources: ServiceKeySources): Promise<ServiceKeys> {
  const { given, dataDirectory, sharedDatabase, randomBytes } = sources;
  const path = join(dataDirectory, 'secrets', 'service-key');
  const kept = await readKeyFile(path);
  const usual =
    sharedDatabase === null
      ? (kept ?? (given === null ? await makeKeyFile(path, randomBytes(SERVICE_KEY_BYTES)) : null))
      : await keepServiceKey(sharedDatabase, given === null ? randomBytes(SERVICE_KEY_BYTES) : null);
  const found = [given, usual, kept].filter((key) => key !== null);
  const [first, ...others] = new Map(found.map((key) => [Buffer.from(key).toString('hex'), key])).values();
  if (first === undefined) throw new Error('no source gave a service key');
  return [first, ...others];
}

/** A key of its own for each purpose, so that no use of one tells anything about another. */
export function deriveKey(
  key: Uint8Array,
  purpose: 'sealing' | 'job tokens' | 'job messages' | 'user codes',
): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, 'arras', purpose, SERVICE_KEY_BYTES));
}

/** The same for each of the service's keys, in their order. */
export function deriveKeys(keys: ServiceKeys, purpose: Parameters<typeof deriveKey>[1]): ServiceKeys {
  const [first, ...others] = keys;
  return [deriveKey(first, purpose), ...others.map((key) => deriveKey(key, purpose))];
}

async function readKeyFile(path: string): Promise<Uint8Array | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  // The mode may have been lost when the directory was copied.
  await chmod(path, 0o600);
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === SERVICE_KEY_BYTES) return key;
  throw new Error(
    `${path} must hold ${SERVICE_KEY_BYTES} bytes in base64: put it back as it was, secrets in the database depend on it`,
  );
}

/** Two processes may start on one directory at once: the link lets one key win, and both use it. */
async function makeKeyFile(path: string, key: Uint8Array): Promise<Uint8Array> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomUUID()}`;
  {
    await using file = await open(temporary, 'wx', 0o600);
    await file.writeFile(`${Buffer.from(key).toString('base64')}\n`);
    await file.sync();
  }
  try {
    await link(temporary, path);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const winner = await readKeyFile(path);
    if (winner === null) throw error;
    return winner;
  } finally {
    await rm(temporary, { force: true });
  }
}
