import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { runPage } from '../support/doc-commands.ts';
import { ADMIN_TOKEN, startService, type TestService } from '../support/service.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = 'docs/guides/typescript-client.md';

let home: string;
let database: TestDatabase;
let service: TestService;
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'arras-docs-'));
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.url });
});
after(async () => {
  await service[Symbol.asyncDispose]();
  await database.drop();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

test('the commands of the guide set up its app and run the examples', async () => {
  const { code, output } = await runPage(PAGE, {
    HOME: home,
    ARRAS_URL: service.url,
    ARRAS_TOKEN: ADMIN_TOKEN,
  });
  assert.equal(code, 0, output.slice(-3_000));
  assert.match(output, /\n1 \S+ CREATED .*\n[\s\S]*\n\d+ \S+ FINISHED .*\n\d+\t\w+\n/, 'one job is watched');
  for (const letters of [3, 6, 9])
    assert.match(
      output,
      new RegExp(`Words of ${letters} letters and more: FINISHED, \\d+\t\\w{${letters},}\n`),
    );
});

test('the code of the guide is one program that does what the guide says', async () => {
  const { code, output } = await runProgram(readProgram());
  assert.equal(code, 0, output.slice(-3_000));
  assert.match(
    output,
    /007 PENDING\n[\s\S]*\n1 CREATED PENDING [\s\S]* FINISHED FINISHED [\s\S]*007 6 \w+\n[\s\S]*0 still run, 0 are not there\n[\s\S]*Fourth FINISHED\ncontinue after \S+\n404 job\.not-found [\s\S]*not in time: [01] were seen\n/,
  );
});

/** The pieces of the page marked `ts`, one after the other. */
function readProgram(): string {
  const text = readFileSync(join(ROOT, PAGE), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]).join('\n');
}

/** Runs TypeScript in the checkout, where our packages are found. */
function runProgram(program: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-'], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', ARRAS_URL: service.url, ARRAS_TOKEN: ADMIN_TOKEN },
  });
  child.stdin.end(program);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}
