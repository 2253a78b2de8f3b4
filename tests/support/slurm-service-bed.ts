import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Transport } from '../../packages/contract/src/index.ts';
import { registerEffectsApp } from './effects.ts';
import { FaultBed } from './fault-bed.ts';
import { sshLogin } from './remote-systems.ts';
import { type Slurm, type SlurmOptions, startSlurm } from './slurm.ts';
import { type Sshd, startSshd } from './sshd.ts';

/** Programs of Slurm whose calls are counted. */
const COUNTED = ['sbatch', 'squeue', 'sacct', 'scancel'] as const;

/** The whole service in front of a private Slurm, which it enters over SSH, as a site would have it. */
export interface SlurmServiceBed extends AsyncDisposable {
  readonly bed: FaultBed;
  readonly cluster: Slurm;
  /** By which the service enters the cluster. */
  readonly sshd: Sshd;
  /** Registers an app whose programs run this bash text there, between two lines in the effects log. */
  registerApp(name: string, body: string): Promise<string>;
  /**
   * Has Slurm call the end of a job that failed OUT_OF_MEMORY, as it does where cgroups bound the memory of jobs; here
   * there are none.
   */
  runOutOfMemory(localId: string): void;
  /** How often each program of Slurm has been called so far. */
  calls(): Readonly<Record<(typeof COUNTED)[number], number>>;
}

/** Starts all of it; the system is called `cluster`, its queues `normal` and `short`. */
export async function openSlurmServiceBed(
  options: SlurmOptions & {
    readonly transport?: Transport;
    /** Settings of the service. */
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<SlurmServiceBed> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.adopt(await startSlurm(options), (slurm) => slurm.close());
  const path = join(cluster.root, 'counted');
  const log = join(cluster.root, 'calls.log');
  writeCounters(path, log);
  const environment = `HOME=${cluster.root} SLURM_CONF=${cluster.environment['SLURM_CONF']} PATH=${path}:/usr/bin:/bin`;
  const sshd = stack.adopt(await startSshd({ config: [`SetEnv ${environment}`] }), (server) =>
    server.close(),
  );
  const bed = stack.use(await FaultBed.open({ environment: options.environment ?? {} }));
  await registerCluster(bed, sshd, options.transport ?? 'BUILTIN');
  const parts = stack.move();
  return {
    bed,
    cluster,
    sshd,
    registerApp: (name, body) =>
      registerEffectsApp(bed.api, bed.systems, {
        name,
        body,
        executionSystem: 'cluster',
        executionType: 'HPC',
        defaultQueue: 'normal',
      }),
    runOutOfMemory: (localId) => writeFileSync(join(path, 'out-of-memory'), localId),
    calls: () => countCalls(log),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

async function registerCluster(bed: FaultBed, sshd: Sshd, transport: Transport): Promise<void> {
  const local = { auth: { type: 'LOCAL' } };
  await bed.api.call('POST', '/systems/v2', {
    id: 'cluster',
    name: 'A cluster',
    type: 'EXECUTION',
    executionType: 'HPC',
    scheduler: 'SLURM',
    scratchDir: '/scratch',
    queues: [{ name: 'normal', default: true }, { name: 'short' }],
    login: { protocol: 'SSH', transport, ...sshLogin(sshd) },
    storage: { protocol: 'LOCAL', rootDir: bed.root, homeDir: '/home', ...local },
  });
}

/** Each counter writes its name with one system call and calls the program. */
function writeCounters(path: string, log: string): void {
  writeFileSync(log, '');
  mkdirSync(path);
  for (const program of COUNTED) {
    const call =
      program === 'squeue'
        ? `ID=$(cat '${path}/out-of-memory' 2>/dev/null); set -o pipefail
/usr/bin/squeue "$@" | sed -E "s/^($ID@[^|]*[|])FAILED[|]/\\1OUT_OF_MEMORY|/"`
        : `exec /usr/bin/${program} "$@"`;
    const file = join(path, program);
    writeFileSync(file, `#!/bin/bash\necho ${program} >> '${log}'\n${call}\n`);
    chmodSync(file, 0o755);
  }
}

function countCalls(log: string): Record<(typeof COUNTED)[number], number> {
  const lines = readFileSync(log, 'utf8').split('\n');
  const count = (name: string) => lines.filter((line) => line === name).length;
  return {
    sbatch: count('sbatch'),
    squeue: count('squeue'),
    sacct: count('sacct'),
    scancel: count('scancel'),
  };
}
