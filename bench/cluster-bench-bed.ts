import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Api, connectApi, type LocalSystems } from '../tests/support/api.ts';
import { registerRemoteSystems } from '../tests/support/remote-systems.ts';
import { startService } from '../tests/support/service.ts';
import { type Slurm, type SlurmOptions, startSlurm } from '../tests/support/slurm.ts';
import { startSshd } from '../tests/support/sshd.ts';

/** The service as it comes, in front of a private Slurm that it enters over SSH, with all files over SFTP. */
export interface ClusterBenchBed extends AsyncDisposable {
  readonly api: Api;
  readonly slurm: Slurm;
  readonly systems: LocalSystems;
  /** How many commands the service has had run on the login node so far. */
  remoteCommands(): number;
}

/** What a benchmark wants otherwise. */
export interface ClusterBenchOptions {
  /** Default: the service starts a database of its own. */
  readonly databaseUrl?: string;
  readonly slurm?: SlurmOptions;
  /** Lines that the queue adds to each job. */
  readonly customDirectives?: string;
}

/** Starts all of it; the system's queue is `normal`. */
export async function openClusterBench(options: ClusterBenchOptions = {}): Promise<ClusterBenchBed> {
  const { databaseUrl, customDirectives } = options;
  await using stack = new AsyncDisposableStack();
  const slurm = stack.adopt(await startSlurm(options.slurm), (cluster) => cluster.close());
  const environment = `HOME=${slurm.root} SLURM_CONF=${slurm.environment['SLURM_CONF']} PATH=/usr/bin:/bin`;
  const sshd = stack.adopt(await startSshd({ config: [`SetEnv ${environment}`] }), (server) =>
    server.close(),
  );
  const root = stack.adopt(await mkdtemp(join(tmpdir(), 'arras-bench-')), (path) =>
    rm(path, { recursive: true, force: true, maxRetries: 5 }),
  );
  const service = stack.use(
    await startService({
      environment: { ARRAS_LOG_LEVEL: 'warn' },
      ...(databaseUrl !== undefined && { databaseUrl }),
    }),
  );
  const api = connectApi(() => service.url);
  const systems = await registerRemoteSystems(api, sshd, root, {
    executionType: 'HPC',
    scheduler: 'SLURM',
    queues: [{ name: 'normal', default: true, ...(customDirectives !== undefined && { customDirectives }) }],
  });
  const parts = stack.move();
  return {
    api,
    slurm,
    systems,
    // sshd writes one such line for each command, and another for each SFTP session.
    remoteCommands: () => sshd.log().split('Starting session: command').length - 1,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
