import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { createSshHost } from '../../packages/server/src/ssh/pooled-ssh-host.ts';
import { ssh2 } from '../../packages/server/src/ssh/ssh-library.ts';
import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import { createSftpStorage } from '../../packages/server/src/storage/sftp-storage.ts';
import { copyTree } from '../../packages/server/src/storage/transfer.ts';
import { verifyTree } from '../../packages/server/src/storage/verify-tree.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

/** Keys are renewed many times within the files that are copied here. */
const OFTEN = 'RekeyLimit 1M';
const FILE_BYTES = 12 * 2 ** 20;

let sshd: Sshd;
const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'arras-ciphers-')));
before(async () => {
  sshd = await startSshd({ config: [OFTEN, 'LogLevel DEBUG1'] });
  fs.mkdirSync(path.join(root, 'source'));
  for (const name of ['one', 'other']) {
    fs.writeFileSync(path.join(root, 'source', name), randomBytes(FILE_BYTES));
  }
});
after(async () => {
  await sshd.close();
  fs.rmSync(root, { recursive: true, force: true });
});

/** What the library keeps of a connection: not of its interface. */
interface Inside {
  readonly _protocol: { readonly _cipher: object; readonly _decipher: object };
}

test("AES-GCM is chosen first, and is not the library's own", async () => {
  const client = new ssh2.Client();
  const chosen = Promise.withResolvers<string>();
  client.once('handshake', ({ cs }) => chosen.resolve(cs.cipher));
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  client.once('ready', resolve).once('error', reject);
  const { host, port, username } = sshd.endpoint();
  client.connect({ host, port, username, privateKey: sshd.privateKey, hostVerifier: () => true });
  try {
    await ready;
    assert.match(await chosen.promise, /^aes128-gcm/);
    const { _cipher, _decipher } = (client as unknown as Inside)._protocol;
    for (const one of [_cipher, _decipher]) assert.equal(Object.getPrototypeOf(one), Object.prototype);
  } finally {
    client.end();
  }
});

for (const cipher of [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
]) {
  test(`files arrive whole while the keys of ${cipher} are renewed`, async () => {
    await sshd.stop();
    await sshd.start([OFTEN, 'LogLevel DEBUG1', `Ciphers ${cipher}`]);
    const said = sshd.log().length;
    const host = createSshHost(sshd.endpoint());
    const remote = createSftpStorage({ host, rootDir: root });
    const local = createLocalStorage({ rootDir: root });
    try {
      const there = `/there-${cipher}`;
      await copyTree({ from: local, fromPath: '/source', to: remote, toPath: there });
      const manifest = await copyTree({
        from: remote,
        fromPath: there,
        to: local,
        toPath: `/back-${cipher}`,
      });
      assert.deepEqual(await verifyTree({ manifest, to: local, toPath: '/source', checkHashes: true }), []);
      const renewals =
        sshd
          .log()
          .slice(said)
          .match(/rekeying in progress|set_newkeys: rekeying/g) ?? [];
      assert.ok(renewals.length > 10, `keys were renewed ${renewals.length} times`);
    } finally {
      await host.close();
    }
  });
}
