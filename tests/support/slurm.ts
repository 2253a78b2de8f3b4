import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment, createLocalShell } from '../../packages/server/src/execution/local-shell.ts';
import type { Shell } from '../../packages/server/src/execution/shell.ts';
import { createDaemon, type Daemon } from './daemon.ts';
import { eventually } from './eventually.ts';
import { findFreePort } from './free-port.ts';
import { describeAccounting, type SlurmAccounting } from './slurm-accounting.ts';

/** A private one-node Slurm on loopback. */
export interface Slurm {
  readonly root: string;
  /** Variables that lead Slurm's programs here. */
  readonly environment: Readonly<Record<string, string>>;
  readonly controller: Daemon;
  readonly node: Daemon;
  /** Runs one of Slurm's programs; returns its standard output. Throws when it fails. */
  run(program: string, ...args: readonly string[]): string;
  /** A shell whose commands find this Slurm; `path` is looked at first. */
  createShell(path?: string): Shell;
  /** Waits until jobs can start. */
  untilReady(): Promise<void>;
  close(): Promise<void>;
}

/** Options of {@link startSlurm}. */
export interface SlurmOptions {
  /** Seconds for which ended jobs stay visible. Default: 300, Slurm's own. */
  readonly minJobAge?: number;
  /** With accounting in a database of its own. Default: false. */
  readonly accounting?: boolean;
  /** Lines that are added to slurm.conf. */
  readonly more?: readonly string[];
}

/** Seconds between SIGTERM and SIGKILL of a cancelled job. */
export const KILL_WAIT = 2;

/** Starts munge, the controller and a node, all with their own key, sockets, ports and files. Needs root. */
export async function startSlurm(options: SlurmOptions = {}): Promise<Slurm> {
  const root = mkdtempSync(join(tmpdir(), 'arras-slurm-'));
  chmodSync(root, 0o755);
  const [controllerPort, nodePort] = [await findFreePort(), await findFreePort()];
  for (const folder of ['munge', 'state', 'state/env_cache', 'spool'])
    mkdirSync(join(root, folder), { mode: 0o755 });
  // With GetEnvTimeout=0 this is what a login gives: the profiles of this machine may take seconds for each job.
  const login = { HOME: '/root', PATH: '/usr/local/bin:/usr/bin:/bin', SHELL: '/bin/bash', USER: 'root' };
  const lines = Object.entries(login).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(root, 'state/env_cache/root'), lines.join(''));
  const clean = cleanEnvironment();
  const environment: Readonly<Record<string, string>> = { ...clean, SLURM_CONF: join(root, 'slurm.conf') };
  const daemons = describeDaemons(root, environment);
  const accounting = options.accounting === true ? await describeAccounting(root, environment) : null;
  const more = [...(accounting?.configuration ?? NO_ACCOUNTING), ...(options.more ?? [])];
  writeFileSync(
    join(root, 'slurm.conf'),
    renderConfiguration(root, { controllerPort, nodePort, minJobAge: options.minJobAge ?? 300, more }),
  );
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { env: environment, encoding: 'utf8', cwd: '/', timeout: 20_000 });
  const untilReady = () => waitForNode(run);
  const slurm: Slurm = {
    root,
    environment,
    controller: daemons.controller,
    node: daemons.node,
    run,
    createShell: (path) =>
      createLocalShell({
        environment: path === undefined ? environment : { ...environment, PATH: `${path}:${clean.PATH}` },
      }),
    untilReady,
    close: () => close(root, environment, { ...daemons, accounting }),
  };
  try {
    daemons.munge.start();
    await accounting?.start();
    daemons.controller.start();
    daemons.node.start();
    await untilReady();
    return slurm;
  } catch (error) {
    await slurm.close();
    throw error;
  }
}

type Daemons = Readonly<Record<'munge' | 'controller' | 'node', Daemon>>;

const NO_ACCOUNTING = [
  'AccountingStorageType=accounting_storage/none',
  'JobAcctGatherType=jobacct_gather/none',
];

function describeDaemons(root: string, env: Readonly<Record<string, string>>): Daemons {
  writeFileSync(join(root, 'munge/key'), randomBytes(1024), { mode: 0o600 });
  const inMunge = (name: string) => join(root, 'munge', name);
  const configuration = ['-D', '-f', join(root, 'slurm.conf')];
  return {
    munge: createDaemon({
      program: 'munged',
      args: [
        '--foreground',
        '--force',
        `--key-file=${inMunge('key')}`,
        `--socket=${inMunge('socket')}`,
        `--pid-file=${inMunge('pid')}`,
        `--log-file=${inMunge('log')}`,
        `--seed-file=${inMunge('seed')}`,
      ],
      env,
      logFile: join(root, 'munge.log'),
    }),
    controller: createDaemon({
      program: 'slurmctld',
      args: configuration,
      env,
      logFile: join(root, 'ctld.out'),
    }),
    node: createDaemon({
      program: 'slurmd',
      args: [...configuration, '-N', 'node1'],
      env,
      logFile: join(root, 'slurmd.out'),
    }),
  };
}

/** More processors than there are, so that tests need not wait for each other. */
function renderConfiguration(
  root: string,
  options: Pick<Required<SlurmOptions>, 'minJobAge' | 'more'> & {
    readonly controllerPort: number;
    readonly nodePort: number;
  },
): string {
  return `ClusterName=arras
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmctldPort=${options.controllerPort}
SlurmdPort=${options.nodePort}
AuthType=auth/munge
AuthInfo=socket=${root}/munge/socket
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SlurmUser=root
SlurmctldPidFile=${root}/ctld.pid
SlurmdPidFile=${root}/slurmd.pid
SlurmctldLogFile=${root}/ctld.log
SlurmdLogFile=${root}/slurmd.log
SlurmdSpoolDir=${root}/spool
StateSaveLocation=${root}/state
SlurmdParameters=config_overrides
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerNode=50
ReturnToService=2
MessageTimeout=3
MinJobAge=${options.minJobAge}
KillWait=${KILL_WAIT}
GetEnvTimeout=0
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
InactiveLimit=0
NodeName=node1 NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${options.nodePort} CPUs=64 RealMemory=20000 State=UNKNOWN
PartitionName=normal Nodes=node1 Default=YES MaxTime=INFINITE State=UP
PartitionName=short Nodes=node1 MaxTime=10 State=UP
${options.more.join('\n')}
`;
}

async function waitForNode(run: Slurm['run']): Promise<void> {
  await eventually(
    'Slurm is ready',
    () => /^(idle|mixed|allocated)\n/.test(run('sinfo', '-h', '-p', 'normal', '-o', '%T')),
    { timeoutMs: 120_000, intervalMs: 50 },
  );
}

/** Jobs first, because nobody ends the programs of a node that is gone. */
async function close(
  root: string,
  env: Readonly<Record<string, string>>,
  daemons: Daemons & { readonly accounting: SlurmAccounting | null },
): Promise<void> {
  if (daemons.controller.isUp() && daemons.node.isUp()) {
    daemons.controller.cont();
    const options = { env, cwd: '/', timeout: 5_000, encoding: 'utf8' } as const;
    spawnSync('scancel', ['--full', '--signal=KILL', '-u', env.USER ?? 'root'], options);
    spawnSync('scancel', ['-u', env.USER ?? 'root'], options);
    await eventually(
      'no job is left',
      () => spawnSync('squeue', ['-h', '-t', 'R,S,CG', '-o', '%i'], options).stdout === '',
      { timeoutMs: 8_000, intervalMs: 50 },
    ).catch(() => {}); // What is left is reported by the run's own search for strays.
  }
  await daemons.node.end('SIGTERM');
  await daemons.controller.end('SIGKILL');
  for (const daemon of daemons.accounting?.daemons.toReversed() ?? []) await daemon.end('SIGKILL');
  await daemons.munge.end('SIGTERM');
  rmSync(root, { recursive: true, force: true, maxRetries: 10 });
}
