import { type MetadataId, type SchemaId, WORLD } from '@arras/contract';
import {
  type ColumnType,
  type Generated,
  type Insertable,
  type RawBuilder,
  type Selectable,
  sql,
} from 'kysely';
import type { DocumentKind, DocumentQuery } from '../domain/document-query.ts';
import { namesOf } from '../domain/job-access.ts';
import { type Db, inTransaction, PLANNED_EACH_TIME } from './connection.ts';
import { documentCondition } from './document-conditions.ts';
import { hasCode } from './system-error.ts';
import type { Viewer } from './systems.ts';

export interface DocumentsTable {
  uuid: MetadataId | SchemaId;
  kind: DocumentKind;
  owner: string;
  name: string;
  value: ColumnType<unknown, string, string>;
  schema_id: SchemaId | null;
  association_ids: Generated<string[]>;
  created_at: Generated<Date>;
  last_updated: Generated<Date>;
}

export interface DocumentPermissionsTable {
  document_uuid: MetadataId | SchemaId;
  username: string;
  can_read: boolean;
  can_write: boolean;
  granted_at: Generated<Date>;
}

/** A metadata document or a JSON Schema. */
export type DocumentRow = Selectable<DocumentsTable>;
/** What was granted to a user for a document. */
export type DocumentPermissionRow = Selectable<DocumentPermissionsTable>;

/** What one user may do with a document. */
export interface DocumentAccess {
  readonly read: boolean;
  readonly write: boolean;
}

/** A document as one viewer sees it. */
export type ViewedDocument = DocumentRow & { readonly may: DocumentAccess };

export async function insertDocument(db: Db, document: Insertable<DocumentsTable>): Promise<DocumentRow> {
  return db.insertInto('documents').values(document).returningAll().executeTakeFirstOrThrow();
}

/** The document, if the viewer has any permission on it; administrators and its owner have all. */
export async function findViewedDocument(
  db: Db,
  viewer: Viewer,
  uuid: DocumentRow['uuid'],
): Promise<ViewedDocument | null> {
  const row = await db
    .selectFrom('documents')
    .selectAll('documents')
    .select(
      sql<DocumentAccess | null>`(
        select jsonb_build_object('read', bool_or(p.can_read), 'write', bool_or(p.can_write))
        from document_permissions p
        where p.document_uuid = documents.uuid and p.username in (${viewer.username}, ${WORLD})
        having count(*) > 0)`.as('granted'),
    )
    .where('documents.uuid', '=', uuid)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { granted, ...document } = row;
  const isOwn = viewer.isAdmin || document.owner === viewer.username;
  const may = isOwn ? { read: true, write: true } : granted;
  return may === null ? null : { ...document, may };
}

/** Which documents to list and how. */
export interface DocumentListing {
  readonly kind: DocumentKind;
  readonly query: DocumentQuery | null;
  /** Those of everybody, for administrators. */
  readonly ofAll: boolean;
  /** Default: last updated first. */
  readonly orderBy?: 'uuid' | 'owner' | 'name' | 'created_at' | 'last_updated';
  readonly order?: 'asc' | 'desc';
  readonly limit: number;
  readonly offset: number;
}

/** How long a search may take, in milliseconds: it can be given patterns, and paths that no index serves. */
const SEARCH_MS = 3_000;

/** A page of the documents that a user may read, or `too-slow` when the search took too long. */
export async function listDocuments(
  db: Db,
  username: string,
  listing: DocumentListing,
): Promise<DocumentRow[] | 'too-slow'> {
  if (listing.query === null) return selectDocuments(db, username, listing);
  try {
    return await inTransaction(db, async (tx) => {
      await sql`select set_config('statement_timeout', ${String(SEARCH_MS)}, true)`.execute(tx);
      return selectDocuments(tx, username, listing);
    });
  } catch (error) {
    if (hasCode(error, '57014')) return 'too-slow';
    throw error;
  }
}

async function selectDocuments(db: Db, username: string, listing: DocumentListing): Promise<DocumentRow[]> {
  const { kind, query, ofAll, orderBy = 'last_updated', order = 'desc', limit, offset } = listing;
  const direction = order === 'asc' ? sql`asc` : sql`desc`;
  const { rows } = await sql<DocumentRow>`${query === null ? sql`` : sql.raw(PLANNED_EACH_TIME)}
    select uuid, kind, owner, name, value, schema_id, association_ids, created_at, last_updated
    from documents
    where kind = ${kind}
      and ${ofAll ? sql`true` : isReadableBy(username)}
      and ${query === null ? sql`true` : documentCondition(query)}
    order by ${sql.ref(orderBy)} ${direction}, uuid
    limit ${limit}
    offset ${offset}`.execute(db);
  return rows;
}

/** An array rather than a subquery, so that indexes serve both sides. */
function isReadableBy(username: string): RawBuilder<boolean> {
  return sql<boolean>`(owner = ${username} or uuid = any(array(
    select document_uuid from document_permissions
    where username = any(${[...namesOf(username)]}::text[]) and can_read)))`;
}

/** Changes what is given of a document; null when it is gone. */
export async function updateDocument(
  db: Db,
  uuid: DocumentRow['uuid'],
  change: Partial<Pick<Insertable<DocumentsTable>, 'name' | 'value' | 'schema_id' | 'association_ids'>>,
): Promise<DocumentRow | null> {
  const row = await db
    .updateTable('documents')
    .set({ ...change, last_updated: sql`clock_timestamp()` })
    .where('uuid', '=', uuid)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Deletes a document with the permissions on it. False when it is gone. */
export async function deleteDocument(db: Db, uuid: DocumentRow['uuid']): Promise<boolean> {
  const result = await db.deleteFrom('documents').where('uuid', '=', uuid).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** The permissions given on a document, by name; the owner's own is not among them. */
export async function listDocumentPermissions(
  db: Db,
  uuid: DocumentRow['uuid'],
  page: { readonly limit: number; readonly offset: number },
): Promise<DocumentPermissionRow[]> {
  return db
    .selectFrom('document_permissions')
    .selectAll()
    .where('document_uuid', '=', uuid)
    .orderBy('username')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

/** The permission of one user of their own, whatever `world` has. */
export async function findDocumentPermission(
  db: Db,
  uuid: DocumentRow['uuid'],
  username: string,
): Promise<DocumentPermissionRow | null> {
  const row = await db
    .selectFrom('document_permissions')
    .selectAll()
    .where('document_uuid', '=', uuid)
    .where('username', '=', username)
    .executeTakeFirst();
  return row ?? null;
}

/** Gives a user a permission in the place of the one they had. */
export async function setDocumentPermission(
  db: Db,
  uuid: DocumentRow['uuid'],
  username: string,
  { read, write }: DocumentAccess,
): Promise<void> {
  const columns = { can_read: read, can_write: write };
  await db
    .insertInto('document_permissions')
    .values({ document_uuid: uuid, username, ...columns })
    .onConflict((oc) =>
      oc
        .columns(['document_uuid', 'username'])
        .doUpdateSet({ ...columns, granted_at: sql`clock_timestamp()` }),
    )
    .execute();
}

/** Takes the permission of one user, or with null of all, away. */
export async function removeDocumentPermissions(
  db: Db,
  uuid: DocumentRow['uuid'],
  username: string | null,
): Promise<void> {
  await db
    .deleteFrom('document_permissions')
    .where('document_uuid', '=', uuid)
    .$if(username !== null, (qb) => qb.where('username', '=', username ?? ''))
    .execute();
}
