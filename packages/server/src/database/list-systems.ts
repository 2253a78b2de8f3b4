import type { SearchTerm, SystemSearchFieldName } from '@arras/contract';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from './connection.ts';
import { compileTerm, searchColumn } from './search-conditions.ts';
import { isDefaultOf, type ViewedSystem, type Viewer, viewedSystems } from './systems.ts';
import type { SystemType } from './tables.ts';

/** Which systems to list, and which part of the list. */
export interface SystemListing {
  /** All have to hold. */
  readonly terms: readonly SearchTerm<SystemSearchFieldName>[];
  readonly type: SystemType | null;
  readonly isPublic: boolean | null;
  /** Default: last modified first. */
  readonly orderBy?: SystemSearchFieldName;
  readonly order?: 'asc' | 'desc';
  readonly limit: number;
  readonly offset: number;
}

/** The systems that the viewer may see. */
export async function listViewedSystems(
  db: Db,
  viewer: Viewer,
  listing: SystemListing,
): Promise<ViewedSystem[]> {
  const { terms, type, isPublic, orderBy = 'lastModified' } = listing;
  const columns = systemColumns(viewer);
  const direction = sql.raw(
    `${listing.order ?? (listing.orderBy === undefined ? 'desc' : 'asc')} nulls last`,
  );
  const conditions = terms.map((term) => compileTerm(term, searchColumn(columns[term.field])));
  return viewedSystems(db, viewer)
    .$if(type !== null, (qb) => qb.where('systems.type', '=', type ?? 'STORAGE'))
    .$if(isPublic !== null, (qb) => qb.where('systems.is_public', '=', isPublic ?? true))
    .where(sql<boolean>`${sql.join([sql`true`, ...conditions], sql` and `)}`)
    .orderBy(sql`${columns[orderBy]} ${direction}`)
    .orderBy('systems.id')
    .limit(listing.limit)
    .offset(listing.offset)
    .execute();
}

const column = (name: string): RawBuilder<unknown> => sql.ref(`systems.${name}`);
const text = (...path: readonly string[]): RawBuilder<unknown> =>
  sql`systems.definition #>> ${sql.lit(`{${path.join(',')}}`)}`;
const number = (...path: readonly string[]): RawBuilder<unknown> => sql`(${text(...path)})::double precision`;

/** What each field is in `viewedSystems`. */
function systemColumns({ username }: Viewer): Readonly<Record<SystemSearchFieldName, RawBuilder<unknown>>> {
  return {
    id: column('id'),
    uuid: column('uuid'),
    name: text('name'),
    type: column('type'),
    status: text('status'),
    available: column('available'),
    description: text('description'),
    site: text('site'),
    revision: column('revision'),
    owner: column('owner'),
    public: column('is_public'),
    globalDefault: column('is_global_default'),
    default: isDefaultOf(username),
    executionType: text('executionType'),
    scheduler: text('scheduler'),
    environment: text('environment'),
    startupScript: text('startupScript'),
    workDir: text('workDir'),
    scratchDir: text('scratchDir'),
    maxSystemJobs: number('maxSystemJobs'),
    maxSystemJobsPerUser: number('maxSystemJobsPerUser'),
    queues: text('queues'),
    'login.host': text('login', 'host'),
    'login.port': number('login', 'port'),
    'login.protocol': text('login', 'protocol'),
    'storage.host': text('storage', 'host'),
    'storage.port': number('storage', 'port'),
    'storage.protocol': text('storage', 'protocol'),
    'storage.rootDir': text('storage', 'rootDir'),
    'storage.homeDir': text('storage', 'homeDir'),
    'storage.container': text('storage', 'container'),
    created: column('created_at'),
    lastModified: column('last_modified'),
  };
}
