import fs from 'node:fs';
import { OPEN, procPath } from './descriptors.ts';
import { closingAfter, type SafeOpener } from './safe-open.ts';

/**
 * Calls `onChange` when a file of this machine is written to, as inotify tells (inotify(7)): the file that is there now, not
 * what is put in its place later, and not what other hosts write to a network file system. Throws StorageError.
 */
export async function watchFile(opener: SafeOpener, path: string, onChange: () => void): Promise<Disposable> {
  const fd = await opener.open(path, OPEN.pin);
  const watcher = await closingAfter(fd, async () => fs.watch(procPath(fd), { persistent: false }));
  watcher.on('change', () => onChange());
  // It is a hint: who needs to know looks all the same.
  watcher.on('error', () => watcher.close());
  return { [Symbol.dispose]: () => watcher.close() };
}
