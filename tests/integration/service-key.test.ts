import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { deriveKey, loadServiceKeys } from '../../packages/server/src/auth/service-key.ts';
import { type Db, openDatabase } from '../../packages/server/src/database/connection.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let db: Db;
before(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.pool);
});
after(() => database.drop());

async function withDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'arras-key-'));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

const load = (dataDirectory: string, more: { given?: Uint8Array; sharedDatabase?: Db } = {}) =>
  loadServiceKeys({ given: null, sharedDatabase: null, ...more, dataDirectory, randomBytes });

const hex = (keys: readonly Uint8Array[]) => keys.map((key) => Buffer.from(key).toString('hex'));

test('the first start makes a key that only the service can read, and later ones find it', () =>
  withDirectory(async (directory) => {
    const [first] = await load(directory);
    const path = join(directory, 'secrets', 'service-key');
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal((await readFile(path, 'utf8')).trim(), Buffer.from(first).toString('base64'));
    await chmod(path, 0o644);
    assert.deepEqual(hex(await load(directory)), hex([first]));
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  }));

test('twenty starts at once on one directory agree on one key', () =>
  withDirectory(async (directory) => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => load(directory)));
    assert.equal(new Set(keys.flatMap(hex)).size, 1);
  }));

test('replicas of a shared database agree although each has a data directory of its own', () =>
  withDirectory((one) =>
    withDirectory(async (other) => {
      const keys = await Promise.all([
        load(one, { sharedDatabase: db }),
        load(other, { sharedDatabase: db }),
        load(one, { sharedDatabase: db }),
      ]);
      assert.equal(new Set(keys.flatMap(hex)).size, 1);
    }),
  ));

test('a key that is set comes first, and those from before still open', () =>
  withDirectory(async (directory) => {
    const [before] = await load(directory);
    const given = randomBytes(32);
    assert.deepEqual(hex(await load(directory, { given })), hex([given, before]));
    assert.deepEqual(hex(await load(directory, { given: before })), hex([before]));
  }));

test('a damaged key file stops the start instead of being replaced', () =>
  withDirectory(async (directory) => {
    await load(directory);
    await writeFile(join(directory, 'secrets', 'service-key'), 'short\n');
    await assert.rejects(load(directory), /put it back as it was/);
  }));

test('each purpose has a key of its own', () => {
  const key = randomBytes(32);
  const derived = [deriveKey(key, 'sealing'), deriveKey(key, 'job tokens')];
  assert.equal(new Set(hex([key, ...derived])).size, 3);
});
