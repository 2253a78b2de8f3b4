import type { JobId } from '@arras/contract';
import { sql } from 'kysely';
import { namesOf } from '../domain/job-access.ts';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';
import type { JobPermissionRow } from './tables.ts';

/** What one user may do with a job. */
export interface JobAccess {
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
}

/** The permissions given on a job, by name; the owner's own is not among them. */
export async function listJobPermissions(
  db: Db,
  jobId: JobId,
  page: { readonly limit: number; readonly offset: number },
): Promise<JobPermissionRow[]> {
  return db
    .selectFrom('job_permissions')
    .selectAll()
    .where('job_id', '=', jobId)
    .orderBy('username')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

/** The permission of one user of their own, whatever `world` has; the name counts in any case. */
export async function findJobPermission(
  db: Db,
  jobId: JobId,
  username: string,
): Promise<JobPermissionRow | null> {
  const row = await db
    .selectFrom('job_permissions')
    .selectAll()
    .where('job_id', '=', jobId)
    .where(sql`lower(username)`, '=', username.toLowerCase())
    .executeTakeFirst();
  return row ?? null;
}

/** Gives a user a permission in the place of the one they had. */
export async function setJobPermission(
  tx: Db,
  jobId: JobId,
  username: string,
  { read, write, execute }: JobAccess,
): Promise<void> {
  const columns = { can_read: read, can_write: write, can_execute: execute };
  await tx
    .insertInto('job_permissions')
    .values({ job_id: jobId, username, ...columns })
    .onConflict((oc) =>
      oc.columns(['job_id', 'username']).doUpdateSet({ ...columns, granted_at: sql`clock_timestamp()` }),
    )
    .execute();
  announce(tx, { kind: 'permissions', id: jobId });
}

/** Takes the permission of one user, or with null of all, away; returns the names of those who had one. */
export async function removeJobPermissions(
  tx: Db,
  jobId: JobId,
  username: string | null,
): Promise<readonly string[]> {
  const rows = await tx
    .deleteFrom('job_permissions')
    .where('job_id', '=', jobId)
    .$if(username !== null, (qb) => qb.where(sql`lower(username)`, '=', (username ?? '').toLowerCase()))
    .returning('username')
    .execute();
  if (rows.length > 0) announce(tx, { kind: 'permissions', id: jobId });
  return rows.map((row) => row.username);
}

/** Whether any job is shared with the user, or with everybody. */
export async function hasSharedJobs(db: Db, username: string): Promise<boolean> {
  const row = await db
    .selectFrom('job_permissions')
    .select('job_id')
    .where('username', 'in', [...namesOf(username)])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
