import { after, before, describe } from 'node:test';
import { describeShell } from '../conformance/shell.ts';
import { openOpenSshShell, openSsh2Shell } from '../support/ssh-shells.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

describe('shells over SSH', () => {
  let sshd: Sshd;
  before(async () => {
    sshd = await startSshd();
  });
  after(() => sshd.close());

  describeShell('ssh2', async () => openSsh2Shell(sshd.endpoint()));
  describeShell('OpenSSH', async () => openOpenSshShell(sshd.endpoint()));
});
