import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTestDatabase } from '../support/database.ts';
import { readCommands, runPage } from '../support/doc-commands.ts';
import { ADMIN_TOKEN, startService } from '../support/service.ts';

/** Pages whose commands are run, and what shows that they did their work. */
const PAGES = [
  ['README.md', /\n20\ttheir\n[\s\S]*"status": "PENDING"/],
  [
    'docs/guides/first-job.md',
    /\n20\ttheir\n[\s\S]*"status":"FINISHED"[\s\S]*20\ttheir\n[\s\S]*Deleted demo-storage/,
  ],
  [
    'docs/guides/command-line.md',
    /\n2\n[\s\S]*curl 'http[\s\S]*"status":"success"[\s\S]*API query: status\.eq=FINISHED&created\.gt=[\s\S]*Copied to agave:\/\/demo-storage\/\/[\s\S]*\n[0-9a-f]{64} {2}\S+\/one\.txt\n[\s\S]*"status":"unchanged"[\s\S]*Deleted demo-storage/,
  ],
  [
    'docs/guides/finding-jobs.md',
    /first count[\s\S]*"name":"second count"[\s\S]*"name":"first count"[\s\S]*Deleted demo-storage/,
  ],
  [
    'docs/guides/polling.md',
    /"status":"FINISHED","seq":18[\s\S]*"18\.[\w-]{22}"\s+304\n[\s\S]*"missing":\["nothing"\][\s\S]*Deleted demo-storage/,
  ],
  [
    'docs/guides/streams.md',
    /event: end\ndata: \{\}[\s\S]*\n3\n[\s\S]*\n18 FINISHED\n[\s\S]*("name":"FINISHED"\n){2}event: end[\s\S]*#18 FINISHED[\s\S]*Deleted demo-storage/,
  ],
  [
    'docs/guides/notifications.md',
    /\nFINISHED #18 unsigned: [\s\S]*(STEP_DONE #\d+ unsigned: [^\n]*\n){3}4\n[\s\S]*"url": "http:\/\/example\.com\/trigger\/job\/Words%20of%20the%20Declaration\/FINISHED"[\s\S]*parked[\s\S]*PERMISSION_GRANT #19 unsigned: [\s\S]*outcome +delivered[\s\S]*Subject: FINISHED: Words[\s\S]*\nFINISHED #18 verified: [\s\S]*Deleted demo-storage/,
  ],
  [
    'docs/guides/data.md',
    /"name":"first\.csv"[\s\S]*"path":"\/home\/results\/kept\/first\.csv"[\s\S]*"status":"STAGING_COMPLETED"[\s\S]*"username":"world"[\s\S]*Deleted data-guide[\s\S]*"totalFiles":3[\s\S]*words\.tsv[\s\S]*"path":"\/words\.tsv"[\s\S]*\d+\t[\w.-]+\.txt\n[\s\S]*Deleted demo-storage/,
  ],
  [
    'docs/guides/metadata-and-links.md',
    /"associationIds":\["[0-9a-f-]+-006"\],"name":"sample"[\s\S]*"username":"world"[\s\S]*"name":"beech"[\s\S]*value\.species[\s\S]*\nsample,size\nsample\n404\n[\s\S]*"remainingUses":null[\s\S]*"type":"METADATA"[\s\S]*"name":"sample"[\s\S]*"full_name":"Ada"[\s\S]*Deleted metadata-guide/,
  ],
  [
    'docs/guides/apps.md',
    /"revision":1,"isPublic":false[\s\S]*"revision":2,"label":"Words"[\s\S]*app\.not-found[\s\S]*"read":true,"write":false,"execute":true[\s\S]*word-frequency-1\.0u2[\s\S]*"id":"word-frequency-1\.1"[\s\S]*"status":"CLONED"[\s\S]*Deleted demo-storage/,
  ],
  [
    'docs/guides/moving-from-tapis.md',
    /"username":"grace"[\s\S]*"result":\[\][\s\S]*"text":"by file"[\s\S]*"fault":\{"code":900904[\s\S]*\nmoved-storage\n[\s\S]*Deleted moved-storage/,
  ],
  [
    'docs/guides/signing-in.md',
    /Signed in to \S+ as lin[\s\S]*"scopes":\["files:read","jobs:read"\][\s\S]*\nneeds the scope jobs:write\n[\s\S]*\n401 after the revocation\n[\s\S]*\n401 for what was made with it\n[\s\S]*\nauthorization_pending\n[\s\S]*plotter is signed in as lin\n"token_type":"bearer"\n[\s\S]*"oidc":null[\s\S]*access\.foreign-origin\n[\s\S]*You are signed out[\s\S]*UNLINKED[\s\S]*"expires_in":14400[\s\S]*Signed out of/,
  ],
] as const;

for (const [page, proof] of PAGES) {
  test(`every command of ${page} works in its order`, async () => {
    const home = await mkdtemp(join(tmpdir(), 'arras-docs-'));
    const database = await createTestDatabase();
    // The receiver of the guide on webhooks is on this machine.
    const environment = { ARRAS_EGRESS_ALLOW: '127.0.0.0/8' };
    const service = await startService({ databaseUrl: database.url, environment });
    try {
      const { code, output } = await runPage(page, {
        HOME: home,
        ARRAS_URL: service.url,
        ARRAS_TOKEN: ADMIN_TOKEN,
        PORT: String(await findFreePort()),
      });
      assert.equal(code, 0, output.slice(-3_000));
      assert.match(output, proof);
    } finally {
      await service[Symbol.asyncDispose]();
      await database.drop();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    }
  });
}

/** A port that nobody listens on now. */
async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('the pages show the two commands that set everything up', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  for (const command of ['npm ci && npm run demo', 'npm ci && npm test', 'npm start'])
    assert.ok(readme.includes(command), command);
  assert.ok(PAGES.every(([page]) => readCommands(page).length > 0));
});
