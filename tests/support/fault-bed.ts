import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { TERMINAL_STATUSES } from '../../packages/server/src/domain/lifecycle.ts';
import { type Api, connectApi, type LocalSystems, registerLocalSystems } from './api.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { type DatabaseProxy, startDatabaseProxy } from './database-proxy.ts';
import { checkEvents, effectsOf } from './effects.ts';
import { eventually } from './eventually.ts';
import { listProcesses } from './process-table.ts';
import { type ServiceOptions, startService, type TestService } from './service.ts';

const TERMINAL = TERMINAL_STATUSES.map((status) => `'${status}'`).join(', ');

/** A database, a proxy in front of it, registered systems, and service processes that may die at any time. */
export class FaultBed implements AsyncDisposable {
  readonly root: string;
  readonly database: TestDatabase;
  readonly proxy: DatabaseProxy;
  /** Talks to the first service. */
  readonly api: Api;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #services: (TestService | null)[] = [];
  #systems: LocalSystems | null = null;

  private constructor(facts: {
    root: string;
    database: TestDatabase;
    proxy: DatabaseProxy;
    environment: Readonly<Record<string, string>>;
  }) {
    this.root = facts.root;
    this.database = facts.database;
    this.proxy = facts.proxy;
    this.#environment = facts.environment;
    this.api = connectApi(() => this.service(0).url);
  }

  /** Starts one service, through the proxy if asked, and registers the systems `store` and `local`. */
  static async open(
    options: {
      readonly environment?: Readonly<Record<string, string>>;
      readonly system?: Readonly<Record<string, unknown>>;
      readonly throughProxy?: boolean;
    } = {},
  ): Promise<FaultBed> {
    const database = await createTestDatabase();
    const bed = new FaultBed({
      root: await mkdtemp(join(tmpdir(), 'arras-fault-')),
      database,
      proxy: await startDatabaseProxy(database.url),
      environment: { ARRAS_MONITOR_INTERVAL: '1s', ARRAS_DATABASE_CONNECTIONS: '10', ...options.environment },
    });
    try {
      await bed.start(0, options.throughProxy ? { databaseUrl: bed.proxy.url } : {});
      bed.#systems = await registerLocalSystems(bed.api, bed.root, options.system);
    } catch (error) {
      await bed[Symbol.asyncDispose]();
      throw error;
    }
    return bed;
  }

  get pool(): pg.Pool {
    return this.database.pool;
  }

  get systems(): LocalSystems {
    return this.#systems ?? assert.fail('the systems are not registered');
  }

  /** The service of that number. */
  service(index: number): TestService {
    return this.#services[index] ?? assert.fail(`service ${index} does not run`);
  }

  /** Starts a service, or the next one under the same number. */
  async start(index: number, options: ServiceOptions = {}): Promise<TestService> {
    const service = await startService({
      databaseUrl: this.database.url,
      ...options,
      environment: { ...this.#environment, ...options.environment },
    });
    this.#services[index] = service;
    return service;
  }

  /** kill -9, and its temporary directory with it. */
  async kill(index: number): Promise<void> {
    const service = this.service(index);
    this.#services[index] = null;
    await service.kill();
    await service[Symbol.asyncDispose]();
  }

  /** Numbers of the services that run. */
  running(): readonly number[] {
    return this.#services.flatMap((service, index) => (service === null ? [] : [index]));
  }

  /** Waits until none of all stored jobs goes on. */
  async untilAllEnd(timeoutMs = 60_000): Promise<void> {
    const check = async () => {
      const { rows } = await this.pool.query(
        `select id, status, last_message from jobs where status not in (${TERMINAL}) limit 3`,
      );
      if (rows.length > 0) assert.fail(JSON.stringify(rows));
      return true;
    };
    await eventually('all jobs have ended', check, { timeoutMs, intervalMs: 200 });
  }

  /** Both witnesses agree: each job ran once from start to end, finished, and has a history that makes sense. */
  async checkFinishedOnce(jobIds: readonly string[]): Promise<void> {
    for (const id of jobIds) {
      const job = await this.row(id);
      assert.equal(job['status'], 'FINISHED', `${id}: ${String(job['last_message'])}`);
      assert.deepEqual(effectsOf(this.root, id), ['start', 'end'], id);
      await checkEvents(this.pool, id);
    }
  }

  /** The job as stored. */
  async row(jobId: string): Promise<Readonly<Record<string, unknown>>> {
    const { rows } = await this.pool.query<Record<string, unknown>>('select * from jobs where id = $1', [
      jobId,
    ]);
    return rows[0] ?? assert.fail(`job ${jobId} is lost`);
  }

  /** Processes that run in a job's work directory. */
  async processesOf(jobId: string): Promise<readonly { readonly pid: number; readonly command: string }[]> {
    const path = join(this.root, String((await this.row(jobId))['work_path']));
    return listProcesses().filter(({ directory }) => directory === path || directory === `${path} (deleted)`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const service of this.#services) await service?.[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
    await this.database.drop();
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}
