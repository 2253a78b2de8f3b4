import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../packages/server/src/database/embedded-postgres.ts';

/** A data directory that PostgreSQL's own account can reach, so that the cluster is made inside it. */
export async function makeDataDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'arras-data-'));
  await chmod(directory, 0o755);
  return directory;
}

/** The process id of the PostgreSQL in a data directory. */
export async function postmasterPid(directory: string): Promise<number> {
  const file = await readFile(join(directory, 'postgres/data/postmaster.pid'), 'utf8');
  return Number(file.split('\n')[0]);
}

/** Ends what a killed service left running and removes the data directory. */
export async function removeDataDirectory(directory: string): Promise<void> {
  const server: EmbeddedPostgres = await startEmbeddedPostgres({ directory, onLog: () => undefined });
  await server.stop({ evenIfShared: true });
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
