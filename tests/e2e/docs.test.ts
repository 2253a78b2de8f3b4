import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
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
] as const;

for (const [page, proof] of PAGES) {
  test(`every command of ${page} works in its order`, async () => {
    const home = await mkdtemp(join(tmpdir(), 'arras-docs-'));
    const database = await createTestDatabase();
    const service = await startService({ databaseUrl: database.url });
    try {
      const { code, output } = await runPage(page, {
        HOME: home,
        ARRAS_URL: service.url,
        ARRAS_TOKEN: ADMIN_TOKEN,
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

test('the pages show the two commands that set everything up', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  for (const command of ['npm ci && npm run demo', 'npm ci && npm test', 'npm start'])
    assert.ok(readme.includes(command), command);
  assert.ok(PAGES.every(([page]) => readCommands(page).length > 0));
});
