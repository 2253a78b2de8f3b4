import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTestDatabase } from '../support/database.ts';
import { runPage } from '../support/doc-commands.ts';
import { ADMIN_TOKEN, startService } from '../support/service.ts';
import { startSlurm } from '../support/slurm.ts';
import { startSshd } from '../support/sshd.ts';

const PAGE = 'docs/guides/clusters.md';

/** In their order: known host, checked system, the job's output, why one waits, the new key, and the end. */
const PROOFS = [
  /SHA256:\S+/,
  /login node is entered\n/,
  /link +\d+ ms/,
  /FINISHED[\s\S]*\n20\ttheir\n/,
  /"wallTime"/,
  /It waits for the time at which it may begin\./,
  /Stored new credentials for the login of slurm\.[\s\S]*authenticate +\d+ ms/,
  /Deleted slurm-storage/,
];

test(`every command of ${PAGE} works in its order`, async () => {
  await using stack = new AsyncDisposableStack();
  const home = stack.adopt(await mkdtemp(join(tmpdir(), 'arras-docs-')), (path) =>
    rm(path, { recursive: true, force: true, maxRetries: 5 }),
  );
  const slurm = stack.adopt(await startSlurm(), (cluster) => cluster.close());
  const root = join(slurm.root, 'scratch');
  await mkdir(root);
  // The page makes its keys; the account's owner lets them in as soon as they are there.
  const keys = ['key.pub', 'new-key.pub'].map((name) => join(home, 'cluster', name));
  const environment = `HOME=${slurm.root} SLURM_CONF=${slurm.environment['SLURM_CONF']}`;
  const config = [`SetEnv ${environment}`, `AuthorizedKeysFile ${keys.join(' ')}`];
  const sshd = stack.adopt(await startSshd({ config }), (server) => server.close());
  const database = stack.adopt(await createTestDatabase(), (one) => one.drop());
  const service = stack.use(
    await startService({ databaseUrl: database.url, environment: { ARRAS_MONITOR_INTERVAL: '1s' } }),
  );
  const { code, output } = await runPage(PAGE, {
    HOME: home,
    ARRAS_URL: service.url,
    ARRAS_TOKEN: ADMIN_TOKEN,
    CLUSTER_HOST: '127.0.0.1',
    CLUSTER_PORT: String(sshd.port),
    CLUSTER_ACCOUNT: userInfo().username,
    CLUSTER_ROOT: root,
  });
  assert.equal(code, 0, output.slice(-3_000));
  let rest = output;
  for (const proof of PROOFS) {
    const found = proof.exec(rest);
    assert.ok(found, `${proof} in ${rest.slice(-3_000)}`);
    rest = rest.slice(found.index + found[0].length);
  }
});
