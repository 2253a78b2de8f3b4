import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createDaemon, type Daemon } from './daemon.ts';
import { eventually } from './eventually.ts';
import { findFreePort } from './free-port.ts';

/** The accounting of a private Slurm: a MariaDB and slurmdbd, both on loopback. */
export interface SlurmAccounting {
  /** Lines for slurm.conf. */
  readonly configuration: readonly string[];
  /** In the order in which they start. */
  readonly daemons: readonly Daemon[];
  /** Starts them; munge must be up. */
  start(): Promise<void>;
}

/** Describes the accounting; its files are in `root`, next to slurm.conf. */
export async function describeAccounting(
  root: string,
  env: Readonly<Record<string, string>>,
): Promise<SlurmAccounting> {
  const [databasePort, port] = [await findFreePort(), await findFreePort()];
  const database = describeDatabase(root, env, databasePort);
  writeFileSync(join(root, 'slurmdbd.conf'), renderConfiguration(root, { databasePort, port }), {
    mode: 0o600,
  });
  const dbd = createDaemon({ program: 'slurmdbd', args: ['-D'], env, logFile: join(root, 'dbd.out') });
  return {
    configuration: [
      'AccountingStorageType=accounting_storage/slurmdbd',
      'AccountingStorageHost=127.0.0.1',
      `AccountingStoragePort=${port}`,
      `AccountingStoragePass=${root}/munge/socket`,
      'JobAcctGatherType=jobacct_gather/linux',
      'JobAcctGatherFrequency=1',
    ],
    daemons: [database.daemon, dbd],
    start: async () => {
      await database.start();
      dbd.start();
      await eventually(
        'slurmdbd knows the cluster',
        () => execFileSync('sacctmgr', ['-i', 'add', 'cluster', 'arras'], { env, stdio: 'pipe' }),
        { timeoutMs: 30_000, intervalMs: 200 },
      );
    },
  };
}

function describeDatabase(root: string, env: Readonly<Record<string, string>>, port: number) {
  const socket = join(root, 'mariadb.socket');
  const data = join(root, 'mariadb');
  const common = ['--no-defaults', '--user=root', `--datadir=${data}`];
  const daemon = createDaemon({
    program: 'mariadbd',
    args: [
      ...common,
      `--socket=${socket}`,
      `--pid-file=${root}/mariadb.pid`,
      '--skip-log-bin',
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      '--innodb-buffer-pool-size=64M',
      '--innodb-flush-log-at-trx-commit=0',
    ],
    env,
    logFile: join(root, 'mariadb.log'),
  });
  const sql = `create user slurm@'%' identified by 'slurm'; grant all on *.* to slurm@'%'`;
  return {
    daemon,
    start: async () => {
      const install = [...common, '--auth-root-authentication-method=normal', '--skip-test-db'];
      execFileSync('mariadb-install-db', install, { env, stdio: 'pipe' });
      daemon.start();
      await eventually('MariaDB answers', () => {
        execFileSync('mariadb', ['--no-defaults', '-S', socket, '-e', sql], { env, stdio: 'pipe' });
        return true;
      });
    },
  };
}

function renderConfiguration(
  root: string,
  ports: { readonly databasePort: number; readonly port: number },
): string {
  return `AuthType=auth/munge
AuthInfo=socket=${root}/munge/socket
DbdHost=${hostname()}
DbdAddr=127.0.0.1
DbdPort=${ports.port}
SlurmUser=root
LogFile=${root}/dbd.log
PidFile=${root}/dbd.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=${ports.databasePort}
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm
`;
}
