import { Readable } from 'node:stream';
import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import { StorageError } from '../../packages/server/src/storage/storage.ts';

/**
 * One storage operation in a process of its own, for tests that kill it, limit it or run it as another account:
 * `storage-command.ts ROOT (read | write-zeros BYTES | write-stdin) PATH`. Prints `ok`, or the error's code.
 */
const [root = '', command = '', path = '', size = '0'] = process.argv.slice(2);
const storage = createLocalStorage({ rootDir: root });

function* zeros(count: number): Generator<Buffer> {
  for (let left = count; left > 0; left -= 65_536) yield Buffer.alloc(Math.min(left, 65_536));
}

async function run(): Promise<void> {
  if (command === 'write-stdin') return storage.write(path, process.stdin);
  if (command === 'write-zeros') return storage.write(path, Readable.from(zeros(Number(size))));
  for await (const _ of (await storage.open(path)).stream);
}

try {
  await run();
  process.stdout.write('ok\n');
} catch (error) {
  process.stdout.write(`${error instanceof StorageError ? error.code : String(error)}\n`);
}
