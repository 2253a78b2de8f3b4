import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { realpath, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunCommand } from './embedded-account.ts';
import { type Binaries, findNativeFolder, prepareBinaries } from './embedded-binaries.ts';
import { prepareCluster } from './embedded-cluster.ts';
import {
  announcePresence,
  describeConnection,
  type EmbeddedConnection,
  type Presence,
} from './embedded-connection.ts';
import { type ClusterPlace, findClusterPlace } from './embedded-place.ts';
import {
  type EmbeddedServer,
  ensureRunning,
  type Launched,
  type Running,
  stopPostmaster,
} from './embedded-postmaster.ts';

/** The PostgreSQL that Arras brings along, running for this process. */
export interface EmbeddedPostgres {
  readonly connection: EmbeddedConnection;
  /** Whether the server ran already when this process came. */
  readonly adopted: boolean;
  /** Process id of the postmaster; another one after it was ended from outside and started again. */
  readonly pid: number;
  /**
   * Gives the server up and shuts it down (fast: sessions end, committed work is kept), unless another Arras
   * on the same data directory uses it; `evenIfShared` shuts it down all the same.
   */
  stop(options?: { readonly evenIfShared?: boolean }): Promise<void>;
}

interface StartOptions {
  /** The data directory of Arras; made when missing. */
  readonly directory: string;
  readonly onLog: (message: string) => void;
  /** The folder of PostgreSQL's programs; default: that of the installed package. */
  readonly native?: string;
}

/**
 * Starts the PostgreSQL of the data directory, or adopts the one that runs there. It outlives this process
 * when that is killed, and is started again when it ends while this process still needs it.
 */
export async function startEmbeddedPostgres(options: StartOptions): Promise<EmbeddedPostgres> {
  if (process.platform !== 'linux')
    throw new Error(`Arras brings PostgreSQL for Linux only, got ${process.platform}: set DATABASE_URL.`);
  const { onLog, native = findNativeFolder() } = options;
  const place = await findClusterPlace(options.directory, runCommand);
  const { home, account } = place;
  const binaries = await prepareBinaries({ native, home, account, run: runCommand });
  const directory = await realpath(options.directory);
  const password = await prepareCluster({ directory, place, binaries, run: runCommand });
  const logFile = join(home, 'server.log');
  await rotate(logFile);
  const launch = () => launchPostgres(binaries, place, logFile);
  const connection = describeConnection(place.sockets, password);
  return SupervisedPostgres.start({ place, connection, logFile, onLog, launch });
}

// Nothing is taken from our own environment: PGDATA, PGHOST and LD_LIBRARY_PATH would change what runs.
const ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
// initdb takes under a second; a minute is a disk in trouble.
const COMMAND_MS = 60_000;

const runCommand: RunCommand = (account, file, args) =>
  new Promise((resolve) => {
    const options = { env: ENVIRONMENT, cwd: '/', timeout: COMMAND_MS, ...account };
    execFile(file, args, options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ exitCode, output: `${stdout}${stderr}` || (error?.message ?? '') });
    });
  });

/** In a session of its own (no Ctrl-C reaches it) and without our pipes, so that it survives us. */
function launchPostgres(binaries: Binaries, place: ClusterPlace, logFile: string): Launched {
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(binaries.postgres, renderSettings(place), {
    env: ENVIRONMENT,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    ...place.account,
  });
  closeSync(log);
  let exited = false;
  child.once('exit', () => {
    exited = true;
  });
  child.once('error', () => {
    exited = true;
  });
  child.unref();
  return { pid: child.pid ?? 0, hasExited: () => exited };
}

/** Nothing here touches durability: fsync, full_page_writes and synchronous_commit keep their default, on. */
function renderSettings({ data, sockets }: ClusterPlace): string[] {
  const settings = {
    listen_addresses: '',
    // A list: quotes keep commas and spaces of a path together.
    unix_socket_directories: `"${sockets.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    port: '5432',
    // Several replicas on one machine, each with its pool and its queue.
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A week of logs, overwritten day by day, inside the data folder.
    logging_collector: 'on',
    log_filename: 'postgresql-%a.log',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    log_truncate_on_rotation: 'on',
    // The details of an error repeat values of rows.
    log_error_verbosity: 'terse',
  };
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

const LOG_BYTES = 10_000_000;

async function rotate(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_BYTES) await rename(logFile, `${logFile}.1`);
}

// Another Arras may shut the server down between our finding it and our announcing ourselves.
const ATTACH_TRIES = 10;

interface Attached extends Running {
  readonly presence: Presence;
}

async function attach(server: EmbeddedServer): Promise<Attached> {
  for (let tries = 1; ; tries += 1) {
    const running = await ensureRunning(server);
    try {
      return { ...running, presence: await announcePresence(server.connection) };
    } catch (error) {
      if (tries === ATTACH_TRIES) throw error;
      await delay(200);
    }
  }
}

/**
 * States: attached (a session of ours is open), recovering (it ended, the server is looked for or started
 * again), stopping (for good). Recovery ends in attached, or when stopping begins.
 */
class SupervisedPostgres implements EmbeddedPostgres {
  readonly connection: EmbeddedConnection;
  readonly adopted: boolean;
  readonly #server: EmbeddedServer;
  readonly #stopping = new AbortController();
  #attached: Attached;
  #recovery: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | null = null;

  private constructor(server: EmbeddedServer, attached: Attached) {
    this.connection = server.connection;
    this.adopted = attached.adopted;
    this.#server = server;
    this.#attached = attached;
    this.#watch();
  }

  static async start(server: EmbeddedServer): Promise<SupervisedPostgres> {
    return new SupervisedPostgres(server, await attach(server));
  }

  get pid(): number {
    return this.#attached.pid;
  }

  stop(options: { readonly evenIfShared?: boolean } = {}): Promise<void> {
    this.#stopping.abort();
    this.#stopped ??= this.#stop(options.evenIfShared === true);
    return this.#stopped;
  }

  async #stop(evenIfShared: boolean): Promise<void> {
    await this.#recovery;
    const { presence } = this.#attached;
    // A session that broke cannot be asked; the server is then down or coming down.
    const alone = await presence.leave().catch(() => true);
    if (alone || evenIfShared) await stopPostmaster(this.#server.place.data);
    else this.#server.onLog('PostgreSQL is left running: another Arras uses it');
    await presence.close().catch(() => undefined); // The shutdown has ended the session already.
  }

  #watch(): void {
    void this.#attached.presence.ended.then(() => {
      if (!this.#stopping.signal.aborted) this.#recovery = this.#recover();
    });
  }

  async #recover(): Promise<void> {
    const { signal } = this.#stopping;
    this.#server.onLog('the session with PostgreSQL ended unexpectedly; making sure that it runs');
    for (let waitMs = 200; !signal.aborted; waitMs = Math.min(waitMs * 2, 30_000)) {
      try {
        this.#attached = await attach(this.#server);
        this.#server.onLog(`PostgreSQL is ready again (process ${this.#attached.pid})`);
        this.#watch();
        return;
      } catch (error) {
        this.#server.onLog(`PostgreSQL could not be started again: ${String(error)}`);
        await delay(waitMs, undefined, { signal }).catch(() => undefined); // Stopping cuts the wait short.
      }
    }
  }
}
