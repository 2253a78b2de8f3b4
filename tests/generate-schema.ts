import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSchema } from '../packages/server/src/database/describe-schema.ts';
import { MIGRATIONS_FOLDER } from '../packages/server/src/database/migrate.ts';
import { createTestDatabase } from './support/database.ts';

const HEADER = `-- What the migrations add up to, for reading. Generated: node tests/generate-schema.ts\n\n`;
const path = join(MIGRATIONS_FOLDER, 'schema.sql');

const database = await createTestDatabase();
const described = await describeSchema(database.pool);
await database.drop();
const text = HEADER + described;
const old = await readFile(path, 'utf8').catch(() => '');
if (text === old) {
  console.log('schema.sql is what the migrations make');
} else if (process.argv.includes('--check')) {
  console.error('packages/server/migrations/schema.sql is out of date: run node tests/generate-schema.ts');
  process.exitCode = 1;
} else {
  await writeFile(path, text);
  console.log('schema.sql written');
}
