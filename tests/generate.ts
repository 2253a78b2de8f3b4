import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

// Runs every generator with the same arguments: none writes the files, --check compares them.

const GENERATORS = [
  'packages/contract/src/generate.ts',
  'tests/generate-reference.ts',
  'tests/generate-schema.ts',
  'tests/generate-compatibility.ts',
];

for (const generator of GENERATORS) {
  const { status } = spawnSync(process.execPath, [generator, ...process.argv.slice(2)], {
    cwd: join(import.meta.dirname, '..'),
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
