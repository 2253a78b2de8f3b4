import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { countBuffersAsHeap } from '../packages/server/src/count-buffers-as-heap.ts';
import { syncFileSystem } from '../packages/server/src/execution/sync-shell.ts';
import { createSshHost } from '../packages/server/src/ssh/pooled-ssh-host.ts';
import { createLocalStorage } from '../packages/server/src/storage/local-storage.ts';
import { createSftpStorage } from '../packages/server/src/storage/sftp-storage.ts';
import type { Storage } from '../packages/server/src/storage/storage.ts';
import { copyTree } from '../packages/server/src/storage/transfer.ts';
import { type Sshd, startSshd } from '../tests/support/sshd.ts';
import type { Measurement } from './measurement.ts';

const LARGE_BYTES = 512 * 1024 ** 2;
const SMALL_FILES = 10_000;
/** Each way is taken so often, in turns, and its best time counts: other work on the machine only ever adds to it. */
const ROUNDS = 2;

/** What is copied, and how much it is in the unit of the rate. */
interface Load {
  readonly name: string;
  readonly directory: string;
  readonly amount: number;
  readonly unit: string;
}

const LOADS: readonly Load[] = [
  { name: 'one large file', directory: 'large', amount: LARGE_BYTES / 1024 ** 2, unit: 'MiB/s' },
  { name: '10,000 small files', directory: 'small', amount: SMALL_FILES, unit: 'files/s' },
];

/**
 * Copies one large file and 10,000 small ones on this machine, to an sshd of this machine and from it, in turns with the
 * system's own tools. Those do not hash, as ours does all that passes through SFTP, nor bring anything to disk there, nor
 * survive a kill with whole files only: below 1 is what these promises cost.
 */
export async function benchTransfer(): Promise<readonly Measurement[]> {
  countBuffersAsHeap();
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'arras-bench-'));
  const sshd = await startSshd();
  const host = createSshHost(sshd.endpoint());
  try {
    plantFiles(root);
    const local = createLocalStorage({ rootDir: root, syncFileSystem });
    const remote = createSftpStorage({ host, rootDir: root });
    const results: Measurement[] = [];
    const [large] = LOADS;
    for (const load of LOADS) {
      results.push(
        await compare(root, load, { name: '', from: local, to: local, baseline: copyAndSync }),
        await compare(root, load, { name: ' to SFTP', from: local, to: remote, baseline: sftp(sshd, 'put') }),
        await compare(root, load, {
          name: ' from SFTP',
          from: remote,
          to: local,
          baseline: sftp(sshd, 'get'),
        }),
      );
    }
    const hashed = {
      name: ' and its SHA-256',
      from: local,
      to: local,
      baseline: copyAndSync,
      checksums: true,
    };
    if (large !== undefined) results.push(await compare(root, large, hashed));
    return results;
  } finally {
    await host.close();
    await sshd.close();
    fs.rmSync(root, { recursive: true, force: true });
  }
}

function plantFiles(root: string): void {
  fs.mkdirSync(path.join(root, 'large'));
  const megabyte = Buffer.alloc(1024 ** 2, 'arras');
  const large = fs.openSync(path.join(root, 'large/file'), 'w');
  for (let written = 0; written < LARGE_BYTES; written += megabyte.length) fs.writeSync(large, megabyte);
  fs.closeSync(large);
  fs.mkdirSync(path.join(root, 'small'));
  for (let n = 0; n < SMALL_FILES; n++)
    fs.writeFileSync(path.join(root, `small/${n}`), `output of job ${n}\n`);
}

/** A way from one storage to another, and the system's own. */
interface Way {
  readonly name: string;
  readonly from: Storage;
  readonly to: Storage;
  readonly checksums?: boolean;
  readonly baseline: { readonly name: string; copy(from: string, to: string): void };
}

const copyAndSync: Way['baseline'] = {
  name: 'cp -r and sync -f',
  copy: (from, to) => {
    execFileSync('cp', ['-r', from, to]);
    execFileSync('sync', ['-f', to]);
  },
};

function sftp(sshd: Sshd, verb: 'put' | 'get'): Way['baseline'] {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
  const words = ['-q', '-b', '-', '-P', String(sshd.port), '-i', sshd.privateKeyPath];
  return {
    name: `sftp's ${verb} -R`,
    copy: (from, to) => {
      execFileSync('sftp', [...words, ...options.flatMap((option) => ['-o', option]), '127.0.0.1'], {
        input: `${verb} -R ${from} ${to}\n`,
        stdio: ['pipe', 'ignore', 'inherit'],
      });
    },
  };
}

async function compare(root: string, load: Load, way: Way): Promise<Measurement> {
  const [source, target] = [path.join(root, load.directory), path.join(root, 'copy')];
  const seconds = { own: Infinity, baseline: Infinity };
  for (let round = 0; round < ROUNDS; round++) {
    seconds.baseline = Math.min(
      seconds.baseline,
      await time(target, () => way.baseline.copy(source, target)),
    );
    const own = () =>
      copyTree({
        from: way.from,
        fromPath: `/${load.directory}`,
        to: way.to,
        toPath: '/copy',
        checksums: way.checksums ?? false,
      });
    seconds.own = Math.min(seconds.own, await time(target, own));
  }
  return {
    name: `${load.name}${way.name}`,
    unit: load.unit,
    value: load.amount / seconds.own,
    baseline: { name: way.baseline.name, value: load.amount / seconds.baseline },
    aim: 'ratio 0.8',
  };
}

async function time(target: string, work: () => unknown): Promise<number> {
  fs.rmSync(target, { recursive: true, force: true });
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
