import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

const MIB = 1024 ** 2;
/** The bench of the same name takes ten times as much. */
const BYTES = 512 * MIB;

test('four large transfers and a hundred open downloads take less than 256 MiB (P13)', (t) => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'arras-memory-'));
  try {
    const program = path.join(import.meta.dirname, '../support/transfer-memory-process.ts');
    const said = execFileSync(process.execPath, [program, root, String(BYTES)], { encoding: 'utf8' });
    const { before, peak } = JSON.parse(said) as { readonly before: number; readonly peak: number };
    const grown = (peak - before) / MIB;
    t.diagnostic(`resident memory grew by ${grown.toFixed(0)} MiB from ${(before / MIB).toFixed(0)} MiB`);
    assert.ok(grown < 256, `grew by ${grown.toFixed(0)} MiB`);
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
});
