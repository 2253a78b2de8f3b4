import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { countBuffersAsHeap } from '../../packages/server/src/count-buffers-as-heap.ts';
import { createSshHost } from '../../packages/server/src/ssh/pooled-ssh-host.ts';
import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import { createSftpStorage } from '../../packages/server/src/storage/sftp-storage.ts';
import type { OpenFile } from '../../packages/server/src/storage/storage.ts';
import { copyTree } from '../../packages/server/src/storage/transfer.ts';
import { startSshd } from './sshd.ts';

// Four transfers of a large sparse file, one of each kind, beside a hundred downloads that are open and hardly read:
// `transfer-memory-process.ts ROOT BYTES`. Prints the resident memory before and at its highest, in bytes.
countBuffersAsHeap();
const [root = '', bytes = ''] = process.argv.slice(2);
const sshd = await startSshd();
const host = createSshHost(sshd.endpoint());
const local = createLocalStorage({ rootDir: root });
const remote = createSftpStorage({ host, rootDir: root });
fs.writeFileSync(path.join(root, 'large'), '');
fs.truncateSync(path.join(root, 'large'), Number(bytes));
// What the first use of each costs once and for all is no matter of size.
for (const [from, to] of [
  [local, local],
  [local, remote],
  [remote, local],
] as const) {
  fs.writeFileSync(path.join(root, 'first'), 'x');
  await copyTree({ from, fromPath: '/first', to, toPath: '/first-copy' });
}

const before = process.memoryUsage.rss();
let peak = before;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);

const downloads: OpenFile[] = [];
for (let n = 0; n < 100; n++) {
  const opened = await (n % 4 === 0 ? remote : local).open('/large');
  await new Promise((resolve) => opened.stream.once('readable', resolve));
  opened.stream.read(1);
  downloads.push(opened);
}
const start = performance.now();
await Promise.all(
  [
    [local, local],
    [local, remote],
    [remote, local],
    [remote, remote],
  ].map(([from = local, to = local], index) =>
    copyTree({ from, fromPath: '/large', to, toPath: `/copy-${index}`, transferKey: `t${index}` }),
  ),
);
const seconds = (performance.now() - start) / 1000;
for (const { stream } of downloads) stream.destroy();
await delay(100);
clearInterval(watch);
await host.close();
await sshd.close();
process.stdout.write(JSON.stringify({ before, peak, seconds }));
