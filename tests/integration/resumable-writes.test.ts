import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createSshHost } from '../../packages/server/src/ssh/pooled-ssh-host.ts';
import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import { createSftpStorage } from '../../packages/server/src/storage/sftp-storage.ts';
import { describeResumableWrites } from '../conformance/resumable-writes.ts';
import { startSshd } from '../support/sshd.ts';

const makeRoot = (): string => fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'arras-resumable-')));

describeResumableWrites('LOCAL', async () => {
  const root = makeRoot();
  const storage = createLocalStorage({ rootDir: root });
  return { storage, root, close: async () => fs.rmSync(root, { recursive: true, force: true }) };
});

describeResumableWrites('SFTP', async () => {
  const root = makeRoot();
  const sshd = await startSshd();
  const host = createSshHost(sshd.endpoint());
  return {
    storage: createSftpStorage({ host, rootDir: root }),
    root,
    close: async () => {
      await host.close();
      await sshd.close();
      fs.rmSync(root, { recursive: true, force: true });
    },
  };
});
