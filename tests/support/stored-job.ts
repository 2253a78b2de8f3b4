import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { insertApp } from '../../packages/server/src/database/apps.ts';
import { type Db, inTransaction, openDatabase } from '../../packages/server/src/database/connection.ts';
import { insertProfile } from '../../packages/server/src/database/profiles.ts';
import type { JobRow } from '../../packages/server/src/database/tables.ts';
import { createIdSource, type NewId } from '../../packages/server/src/domain/id-source.ts';
import { acceptJob } from '../../packages/server/src/events/record.ts';
import { createTransition, type Transition } from '../../packages/server/src/events/transition.ts';

/** A database with one user and one app, for tests of what is stored. Nothing runs. */
export interface Store {
  readonly db: Db;
  readonly newId: NewId;
  readonly transition: Transition;
  /** Accepts a job as the API would. */
  accept(): Promise<JobRow>;
}

/** Fills an empty database with what a job refers to. */
export async function openStore(pool: pg.Pool): Promise<Store> {
  const db = openDatabase(pool);
  const newId = createIdSource({ nowMs: () => Date.now(), randomBytes });
  await insertProfile(db, { username: 'ada', uuid: newId('profile') });
  const app = { uuid: newId('app'), id: 'noop-1.0', owner: 'ada', execution_system: 'local' };
  await inTransaction(db, (tx) => insertApp(tx, app, {}));
  const transition = createTransition({ db, newId, deadlines: () => 60_000 });
  return { db, newId, transition, accept: () => accept(db, newId, app.uuid) };
}

function accept(db: Db, newId: NewId, appUuid: JobRow['app_uuid']): Promise<JobRow> {
  const job = {
    id: newId('job'),
    name: 'stored job',
    owner: 'ada',
    app_id: 'noop-1.0',
    app_uuid: appUuid,
    app_revision: 1,
    execution_system: 'local',
    node_count: 1,
    processors_per_node: 1,
    archive: false,
    inputs: '{}',
    parameters: '{}',
  };
  return inTransaction(db, (tx) => acceptJob(tx, { job, newId, deadlineMs: 60_000 }));
}
