import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createLocalStorage } from '../packages/server/src/storage/local-storage.ts';
import { copyTree } from '../packages/server/src/storage/transfer.ts';
import type { Measurement } from './measurement.ts';

const LARGE_BYTES = 512 * 1024 ** 2;
const SMALL_FILES = 1000;

/**
 * Copies one large file (MiB/s) and 1,000 small ones (files/s), against `cp -r` and a sync of what it wrote: the
 * baseline neither hashes nor survives a kill with whole files only, so below 1 is what those promises cost.
 */
export async function benchTransfer(): Promise<readonly Measurement[]> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'arras-bench-'));
  try {
    plantFiles(root);
    return [
      await compare({
        root,
        name: 'one large file',
        unit: 'MiB/s',
        source: 'large',
        amount: LARGE_BYTES / 1024 ** 2,
      }),
      await compare({
        root,
        name: '1,000 small files',
        unit: 'files/s',
        source: 'small',
        amount: SMALL_FILES,
      }),
    ];
  } finally {
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

/** What to copy, and how much it is in the unit of the rate. */
interface Comparison {
  readonly root: string;
  readonly name: string;
  readonly unit: string;
  readonly source: string;
  readonly amount: number;
}

async function compare({ root, name, unit, source, amount }: Comparison): Promise<Measurement> {
  const storage = createLocalStorage({ rootDir: root });
  const copySeconds = await time(async () => {
    execFileSync('cp', ['-r', path.join(root, source), path.join(root, `${source}-cp`)]);
    execFileSync('sync', ['-f', root]);
  });
  const ownSeconds = await time(() =>
    copyTree({ from: storage, fromPath: `/${source}`, to: storage, toPath: `/${source}-arras` }),
  );
  const baseline = { name: 'cp -r and sync', value: amount / copySeconds };
  return { name, unit, value: amount / ownSeconds, baseline, aim: null };
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
