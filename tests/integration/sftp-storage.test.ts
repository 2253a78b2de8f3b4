import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { createSshHost } from '../../packages/server/src/ssh/pooled-ssh-host.ts';
import type { SshHost } from '../../packages/server/src/ssh/ssh-host.ts';
import { createSftpStorage } from '../../packages/server/src/storage/sftp-storage.ts';
import { describeStorage } from '../conformance/storage.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

let sshd: Sshd;
let host: SshHost;
const made: string[] = [];
before(async () => {
  sshd = await startSshd();
  host = createSshHost(sshd.endpoint());
});
after(async () => {
  await host.close();
  await sshd.close();
  for (const directory of made) fs.rmSync(directory, { recursive: true, force: true });
});

function makeRoot(): string {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'arras-sftp-')));
  made.push(root);
  return root;
}

for (const viaLink of [false, true]) {
  describeStorage(viaLink ? 'SFTP, root is a link' : 'SFTP', async () => {
    const root = makeRoot();
    const rootDir = viaLink ? `${root}-link` : root;
    if (viaLink) fs.symlinkSync(root, rootDir);
    made.push(rootDir);
    const storage = createSftpStorage({ host, rootDir });
    return { storage, root: rootDir, close: () => storage.close() };
  });
}
