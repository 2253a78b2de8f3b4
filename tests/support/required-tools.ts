import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Programs that tests start, and the Debian package that brings each. */
const TOOLS = {
  awk: 'mawk',
  bash: 'bash',
  chromium: 'chromium',
  curl: 'curl',
  fish: 'fish',
  ip: 'iproute2',
  mariadb: 'mariadb-client-core',
  'mariadb-install-db': 'mariadb-server-core',
  mariadbd: 'mariadb-server-core',
  mount: 'mount',
  munged: 'munge',
  openssl: 'openssl',
  'pure-ftpd': 'pure-ftpd',
  'pure-pw': 'pure-ftpd',
  qsub: 'gridengine-client',
  sbatch: 'slurm-client',
  setsid: 'util-linux',
  sge_execd: 'gridengine-exec',
  sge_qmaster: 'gridengine-master',
  slurmctld: 'slurmctld',
  slurmd: 'slurmd',
  slurmdbd: 'slurmdbd',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  sshd: 'openssh-server',
  strace: 'strace',
  tmux: 'tmux',
  unshare: 'util-linux',
  zsh: 'zsh',
} as const;

/**
 * Makes sure that every program the tests start is there: a missing tool must fail the run, not skip a test.
 * As root on Debian and its kin the missing ones are installed; elsewhere the error says what to install.
 */
export function requireTools(): void {
  const missing = findMissing();
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => TOOLS[tool]))];
  if (process.getuid?.() === 0 && isInstalled('apt-get')) installPackages(packages);
  const left = findMissing();
  if (left.length > 0)
    throw new Error(
      `The tests need ${left.join(', ')}, which this machine lacks. ` +
        `On Debian or Ubuntu: apt-get install ${packages.join(' ')}; elsewhere the packages of these names.`,
    );
}

function findMissing(): readonly (keyof typeof TOOLS)[] {
  return (Object.keys(TOOLS) as (keyof typeof TOOLS)[]).filter((tool) => !isInstalled(tool));
}

function isInstalled(tool: string): boolean {
  return searchedFolders().some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false; // Not in this folder: the next one may have it.
    }
  });
}

/** Servers lie where only root's PATH looks. */
function searchedFolders(): readonly string[] {
  return [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
}

function installPackages(packages: readonly string[]): void {
  console.log(`installing ${packages.join(' ')}`);
  const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  spawnSync('apt-get', ['update', '-q'], options);
  withoutStarting(() => {
    spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], options);
  });
}

/** What Debian asks before it starts a service that it has installed; 101 is no. The tests start their own. */
const POLICY = '/usr/sbin/policy-rc.d';

function withoutStarting(install: () => void): void {
  // Containers have one that says no already.
  if (existsSync(POLICY)) return install();
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(POLICY);
  }
}
