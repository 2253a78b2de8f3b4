import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment, createLocalShell } from '../../packages/server/src/execution/local-shell.ts';
import type { Shell } from '../../packages/server/src/execution/shell.ts';
import { createDaemon, type Daemon } from './daemon.ts';
import { eventually } from './eventually.ts';
import { findFreePort } from './free-port.ts';

/** A private Grid Engine cell of one host on loopback. */
export interface GridEngine {
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly master: Daemon;
  readonly node: Daemon;
  /** Runs one of its programs; returns the standard output. Throws when it fails. */
  run(program: string, ...args: readonly string[]): string;
  createShell(): Shell;
  close(): Promise<void>;
}

/** Where Debian keeps programs and templates. */
const PROGRAMS = '/usr/lib/gridengine';
const SHARED = '/usr/share/gridengine';

/** Makes a cell with its own database, ports and queue `all.q`, as root and without Debian's own cell. */
export async function startGridEngine(): Promise<GridEngine> {
  const root = mkdtempSync(join(tmpdir(), 'arras-sge-'));
  chmodSync(root, 0o755);
  const environment: Readonly<Record<string, string>> = {
    ...cleanEnvironment(),
    SGE_ROOT: root,
    SGE_CELL: 'default',
    SGE_QMASTER_PORT: String(await findFreePort()),
    SGE_EXECD_PORT: String(await findFreePort()),
    // Keeps the daemons in the foreground.
    SGE_ND: '1',
  };
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, {
      env: environment,
      encoding: 'utf8',
      cwd: '/',
      timeout: 20_000,
      stdio: 'pipe',
    });
  const daemon = (program: string) =>
    createDaemon({
      program: join(PROGRAMS, program),
      args: [],
      env: environment,
      logFile: join(root, `${program}.log`),
    });
  const [master, node] = [daemon('sge_qmaster'), daemon('sge_execd')];
  const cell: GridEngine = {
    root,
    environment,
    master,
    node,
    run,
    createShell: () => createLocalShell({ environment }),
    close: () => close(root, environment, { master, node }),
  };
  try {
    makeCell(root, run);
    master.start();
    await eventually('the master answers', () => run('qconf', '-sh'), { timeoutMs: 20_000 });
    configure(root, run);
    node.start();
    await eventually(
      'the host is up',
      () => /all\.q@\S+ +\S+ +\S+ +[0-9.]+ +\S+ *\n/.test(run('qstat', '-f')),
      {
        timeoutMs: 20_000,
      },
    );
    return cell;
  } catch (error) {
    await cell.close();
    throw error;
  }
}

function makeCell(root: string, run: GridEngine['run']): void {
  for (const folder of ['default/common', 'spool/qmaster', 'spool/execd', 'database']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  symlinkSync(join(SHARED, 'util'), join(root, 'util'));
  for (const folder of ['bin', 'lib', 'utilbin'])
    symlinkSync(join('/var/lib/gridengine', folder), join(root, folder));
  const inCommon = (name: string) => join(root, 'default/common', name);
  // Loopback has one name here, whatever this host calls itself.
  writeFileSync(inCommon('act_qmaster'), 'localhost\n');
  writeFileSync(inCommon('host_aliases'), `localhost ${hostname()}\n`);
  writeFileSync(inCommon('bootstrap'), renderBootstrap(root));
  writeFileSync(join(root, 'configuration'), renderConfiguration(root));
  run(join(PROGRAMS, 'spoolinit'), 'berkeleydb', 'libspoolb', join(root, 'database'), 'init');
  const defaults = (...args: readonly string[]) => run(join(PROGRAMS, 'spooldefaults'), ...args);
  defaults('configuration', join(root, 'configuration'));
  defaults('complexes', join(SHARED, 'util/resources/centry'));
  defaults('usersets', join(SHARED, 'util/resources/usersets'));
  defaults('managers', 'root');
}

function renderBootstrap(root: string): string {
  return `admin_user none
default_domain none
ignore_fqdn false
spooling_method berkeleydb
spooling_lib libspoolb
spooling_params ${root}/database
binary_path /usr/sbin
qmaster_spool_dir ${root}/spool/qmaster
security_mode none
listener_threads 2
worker_threads 2
scheduler_threads 1
`;
}

/** Debian's own defaults, with root allowed and quick reports. */
function renderConfiguration(root: string): string {
  const changes: Readonly<Record<string, string>> = {
    execd_spool_dir: `${root}/spool/execd`,
    min_uid: '0',
    min_gid: '0',
    load_report_time: '00:00:01',
    mailer: '/bin/true',
    // Not bash: the profiles of this machine may take seconds for each job.
    login_shells: 'ksh',
    reporting_params: 'accounting=true reporting=false flush_time=00:00:01 joblog=false sharelog=00:00:00',
  };
  const defaults = readFileSync(join(SHARED, 'default-configuration'), 'utf8');
  return replaceSettings(defaults, changes);
}

function replaceSettings(text: string, changes: Readonly<Record<string, string>>): string {
  return text.replace(/^(\S+)(\s+).*$/gm, (line, name: string, space: string) =>
    name in changes ? `${name}${space}${changes[name]}` : line,
  );
}

const HOST = `hostname localhost
load_scaling NONE
complex_values NONE
user_lists NONE
xuser_lists NONE
projects NONE
xprojects NONE
usage_scaling NONE
report_variables NONE
`;

function configure(root: string, run: GridEngine['run']): void {
  const file = (name: string, text: string) => {
    const path = join(root, name);
    writeFileSync(path, text);
    return path;
  };
  run('qconf', '-as', 'localhost');
  run('qconf', '-Ae', file('host', HOST));
  const queue = replaceSettings(run('qconf', '-sq'), {
    qname: 'all.q',
    hostlist: 'localhost',
    slots: '64',
    shell: '/bin/bash',
    pe_list: 'NONE',
    load_thresholds: 'NONE',
  });
  run('qconf', '-Aq', file('queue', queue));
  const scheduling = replaceSettings(run('qconf', '-ssconf'), {
    schedule_interval: '0:0:1',
    flush_submit_sec: '1',
    flush_finish_sec: '1',
    job_load_adjustments: 'NONE',
    load_adjustment_decay_time: '0:0:0',
  });
  run('qconf', '-Msconf', file('scheduling', scheduling));
}

async function close(
  root: string,
  env: Readonly<Record<string, string>>,
  { master, node }: { readonly master: Daemon; readonly node: Daemon },
): Promise<void> {
  if (master.isUp() && node.isUp()) {
    const options = { env, cwd: '/', timeout: 5_000, encoding: 'utf8' } as const;
    spawnSync('qdel', ['-u', env.USER ?? 'root'], options);
    await eventually('no job is left', () => spawnSync('qstat', ['-u', '*'], options).stdout === '', {
      timeoutMs: 8_000,
    }).catch(() => {}); // What is left is reported by the run's own search for strays.
  }
  await node.end('SIGTERM');
  await master.end('SIGKILL');
  rmSync(root, { recursive: true, force: true, maxRetries: 10 });
}
