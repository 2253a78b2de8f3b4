import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Measurement } from './measurement.ts';

const MIB = 1024 ** 2;
const BYTES = 5 * 1024 * MIB;

/**
 * By how much the memory of a process grows that makes four transfers of 5 GiB at a time, on this machine, to SFTP, from
 * it and between two places of it, beside a hundred open downloads. Needs 20 GiB of disk.
 */
export async function benchMemory(): Promise<readonly Measurement[]> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'arras-bench-memory-'));
  try {
    const program = path.join(import.meta.dirname, '../tests/support/transfer-memory-process.ts');
    const said = execFileSync(process.execPath, [program, root, String(BYTES)], { encoding: 'utf8' });
    const { before, peak } = JSON.parse(said) as { readonly before: number; readonly peak: number };
    const grown = (peak - before) / MIB;
    return [
      {
        name: 'four transfers of 5 GiB and 100 open downloads',
        value: grown,
        unit: 'MiB more',
        baseline: null,
        aim: 'below 256',
      },
    ];
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}
