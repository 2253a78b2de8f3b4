import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../packages/server/src/database/embedded-postgres.ts';

/** Makes directories and servers for the tests of the embedded PostgreSQL and removes them all at the end. */
export class EmbeddedTestBed {
  readonly isRoot = process.getuid?.() === 0;
  readonly #servers: EmbeddedPostgres[] = [];
  readonly #paths: string[] = [];

  /** Open to all by default, so that what is made below it can be reached whoever runs the server. */
  async makeDirectory(mode = 0o755): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'arras-embedded-'));
    await chmod(directory, mode);
    this.removeAtEnd(directory);
    return directory;
  }

  removeAtEnd(path: string): void {
    this.#paths.push(path);
  }

  async start(directory: string, native?: string): Promise<EmbeddedPostgres> {
    const onLog = () => undefined;
    const server = await startEmbeddedPostgres({ directory, onLog, ...(native !== undefined && { native }) });
    this.#servers.push(server);
    return server;
  }

  async clean(): Promise<void> {
    for (const server of this.#servers) await server.stop({ evenIfShared: true });
    for (const path of this.#paths) await rm(path, { recursive: true, force: true, maxRetries: 5 });
  }
}
