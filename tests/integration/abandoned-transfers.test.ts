import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import type { JobRow, TransferPhase } from '../../packages/server/src/database/tables.ts';
import { findTransfer, insertTransfer } from '../../packages/server/src/database/transfers.ts';
import { sweepAbandonedTransfers } from '../../packages/server/src/engine/abandoned-transfers.ts';
import type { EngineContext } from '../../packages/server/src/engine/context.ts';
import type { Place, Targets } from '../../packages/server/src/engine/targets.ts';
import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openStore, type Store } from '../support/stored-job.ts';

const HOUR_MS = 3_600_000;

let database: TestDatabase;
let store: Store;
let root: string;
let context: EngineContext;
/** Systems that cannot be asked. */
const away = new Set<string>();

before(async () => {
  database = await createTestDatabase();
  store = await openStore(database.pool);
  root = mkdtempSync(join(tmpdir(), 'arras-abandoned-'));
  const storage = createLocalStorage({ rootDir: root });
  const find = async (systemId: string): Promise<Place> => {
    if (away.has(systemId)) throw new Error(`${systemId} is away`);
    return {
      systemId,
      storage,
      filesKey: '',
      whyUnreachable: async () => null,
      resolve: (path) => `/home/${path}`,
    };
  };
  const targets = { get: find, getPlace: find } as unknown as Targets;
  context = { db: store.db, targets, log: pino({ level: 'silent' }) } as unknown as EngineContext;
});
after(async () => {
  await database.drop();
  rmSync(root, { recursive: true, force: true });
});

/** A job with a transfer that was cut short some hours ago, and a part of a file of that age. */
async function plant(transfer: {
  readonly phase: TransferPhase;
  readonly directory: (job: JobRow) => string;
  readonly hours: number;
  readonly ended?: boolean;
}): Promise<{ readonly part: string; isSettled(): Promise<boolean> }> {
  const job = await store.accept();
  const directory = transfer.directory(job);
  const isStaging = transfer.phase === 'staging';
  await store.db
    .updateTable('jobs')
    .set({
      work_path: isStaging ? `/${directory}` : '/gone',
      archive_system: isStaging ? null : 'store',
      archive_path: isStaging ? null : directory.slice('home/'.length),
      ...(transfer.ended !== false && { status: 'STOPPED' }),
    })
    .where('id', '=', job.id)
    .execute();
  const ends = { jobId: job.id, source: 'agave://a/b', destination: 'agave://c/d' };
  const id = store.newId('transfer');
  await insertTransfer(store.db, { ...ends, id, phase: transfer.phase, totalFiles: 1, totalBytes: 1 });
  const at = new Date(Date.now() - transfer.hours * HOUR_MS);
  await store.db.updateTable('transfers').set({ updated_at: at }).where('id', '=', id).execute();
  mkdirSync(join(root, directory), { recursive: true });
  const part = join(root, directory, '.arras-part-0123456789abcdef01234567');
  writeFileSync(part, 'part');
  utimesSync(part, at, at);
  return { part, isSettled: async () => (await findTransfer(store.db, ends))?.has_parts === false };
}

test('parts that an ended job has left are removed, once nobody can still want them', async () => {
  const stopped = await plant({ phase: 'staging', directory: (job) => `scratch/${job.id}`, hours: 1 });
  const own = await plant({ phase: 'archiving', directory: (job) => `home/archive/${job.id}`, hours: 1 });
  const shared = await plant({ phase: 'archiving', directory: () => 'home/shared', hours: 2 });
  const old = await plant({ phase: 'archiving', directory: () => 'home/old', hours: 30 });
  const working = await plant({
    phase: 'staging',
    directory: (job) => `scratch/${job.id}`,
    hours: 9,
    ended: false,
  });
  await sweepAbandonedTransfers(context);
  for (const [name, { part, isSettled }, gone] of [
    ['of a job that was stopped', stopped, true],
    ['in the archive of one job', own, true],
    ['in a directory that others may be writing to', shared, false],
    ['in such a directory, left alone for long', old, true],
    ['of a job that still works', working, false],
  ] as const) {
    assert.equal(existsSync(part), !gone, name);
    assert.equal(await isSettled(), gone, name);
  }
});

test('a system that cannot be asked keeps the others from nothing, and is asked again later', async () => {
  const first = await plant({ phase: 'archiving', directory: (job) => `home/archive/${job.id}`, hours: 3 });
  const second = await plant({ phase: 'staging', directory: (job) => `scratch/${job.id}`, hours: 2 });
  away.add('store');
  await sweepAbandonedTransfers(context);
  assert.equal(await first.isSettled(), false);
  assert.equal(await second.isSettled(), true);
  away.clear();
  await sweepAbandonedTransfers(context);
  assert.equal(await first.isSettled(), false, 'not at once');
  await store.db
    .updateTable('transfers')
    .set({ updated_at: new Date(0) })
    .execute();
  await sweepAbandonedTransfers(context);
  assert.equal(existsSync(first.part), false);
  assert.equal(await first.isSettled(), true);
});
