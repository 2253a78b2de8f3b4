import type { JobId } from '@arras/contract';
import { sql } from 'kysely';
import type { Db } from './connection.ts';
import { namesOf } from './job-permissions.ts';
import type { Viewer } from './systems.ts';
import type { JobRow } from './tables.ts';

/** A job with what its viewer may do with it. */
export interface VisibleJob {
  readonly job: JobRow;
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
}

/** The job unless it is hidden, or neither the viewer's nor shared with them; admins see every one. */
export async function findVisibleJob(db: Db, viewer: Viewer, id: JobId): Promise<VisibleJob | null> {
  const { username, isAdmin } = viewer;
  const row = await db
    .selectFrom('jobs')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('job_permissions')
          .select([
            sql<boolean | null>`bool_or(can_read)`.as('can_read'),
            sql<boolean | null>`bool_or(can_write)`.as('can_write'),
          ])
          .whereRef('job_permissions.job_id', '=', 'jobs.id')
          .where('job_permissions.username', 'in', [...namesOf(username)])
          .as('shared'),
      (join) => join.onTrue(),
    )
    .selectAll('jobs')
    .select(['shared.can_read', 'shared.can_write'])
    .where('jobs.id', '=', id)
    .where('jobs.visible', '=', true)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { can_read, can_write, ...job } = row;
  const isFull = isAdmin || job.owner === username;
  if (!isFull && can_read === null) return null;
  return { job, mayRead: isFull || can_read === true, mayWrite: isFull || can_write === true };
}

/** A page of a listing of jobs. */
export interface JobPage {
  readonly limit: number;
  readonly offset: number;
  readonly orderBy: 'last_updated' | 'created_at' | 'name' | 'status';
  readonly order: 'asc' | 'desc';
}

/**
 * One page of the user's jobs and of those shared with them (spec: jobs 4.4). Each half is cut before they are
 * merged, so that the first is read from its index however many jobs there are.
 */
export async function listVisibleJobs(db: Db, username: string, page: JobPage): Promise<JobRow[]> {
  const half = () =>
    db
      .selectFrom('jobs')
      .selectAll()
      .where('visible', '=', true)
      .orderBy(page.orderBy, page.order)
      .orderBy('id', page.order)
      .limit(page.limit + page.offset);
  const own = half().where('owner', '=', username);
  const shared = half()
    .where('owner', '<>', username)
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('job_permissions')
        .select('job_id')
        .where('username', 'in', [...namesOf(username)])
        .where((any) =>
          any.or([any('can_read', '=', true), any('can_write', '=', true), any('can_execute', '=', true)]),
        ),
    );
  const both = db
    .selectFrom(own.as('own'))
    .selectAll()
    .unionAll(db.selectFrom(shared.as('shared')).selectAll());
  return db
    .selectFrom(both.as('jobs'))
    .selectAll()
    .orderBy(page.orderBy, page.order)
    .orderBy('id', page.order)
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}
