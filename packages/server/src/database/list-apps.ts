import type { AppSearchFieldName, SearchTerm } from '@arras/contract';
import { type RawBuilder, sql } from 'kysely';
import { type ViewedApp, viewedApps } from './apps.ts';
import type { Db } from './connection.ts';
import { compileTerm, searchColumn } from './search-conditions.ts';
import type { Viewer } from './systems.ts';

/** Lists of words that an app has; see {@link AppListing}. */
export type AppWords = 'tags' | 'ontology';

/** Which apps to list, and which part of the list. */
export interface AppListing {
  /** All have to hold. */
  readonly terms: readonly SearchTerm<AppSearchFieldName>[];
  /** Default: both. */
  readonly isPublic?: boolean | undefined;
  /** A word that has to be in a list, in any case. */
  readonly having?: { readonly list: AppWords; readonly word: string };
  /** Default: last modified first. */
  readonly orderBy?: AppSearchFieldName;
  readonly order?: 'asc' | 'desc';
  readonly limit: number;
  readonly offset: number;
}

/** The apps that the viewer may see. */
export async function listViewedApps(db: Db, viewer: Viewer, listing: AppListing): Promise<ViewedApp[]> {
  const { terms, isPublic, having, orderBy = 'lastModified' } = listing;
  const column = APP_COLUMNS[orderBy];
  const direction = sql.raw(
    `${listing.order ?? (listing.orderBy === undefined ? 'desc' : 'asc')} nulls last`,
  );
  return viewedApps(db, viewer)
    .$if(!viewer.isAdmin, (qb) => qb.where(isSeenBy(viewer.username)))
    .$if(isPublic !== undefined, (qb) => qb.where('apps.is_public', '=', isPublic ?? true))
    .$if(having !== undefined, (qb) => qb.where(hasWord(having ?? { list: 'tags', word: '' })))
    .where(sql<boolean>`${sql.join([sql`true`, ...terms.map(condition)], sql` and `)}`)
    .orderBy(sql`${column} ${direction}`)
    .orderBy('apps.id')
    .limit(listing.limit)
    .offset(listing.offset)
    .execute();
}

function isSeenBy(username: string): RawBuilder<boolean> {
  return sql<boolean>`(apps.owner = ${username} or apps.is_public or app_permissions.can_read)`;
}

function hasWord({ list, word }: { readonly list: AppWords; readonly word: string }): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select 1 from jsonb_array_elements_text(app_revisions.definition -> ${sql.lit(list)}) w (word)
    where lower(w.word) = lower(${word}::text))`;
}

function condition(term: SearchTerm<AppSearchFieldName>): RawBuilder<boolean> {
  return compileTerm(term, searchColumn(APP_COLUMNS[term.field]));
}

const column = (name: string): RawBuilder<unknown> => sql.ref(`apps.${name}`);
const text = (name: string): RawBuilder<unknown> => sql`app_revisions.definition ->> ${sql.lit(name)}`;
const number = (name: string): RawBuilder<unknown> => sql`(${text(name)})::double precision`;
const words = (name: string): RawBuilder<unknown> => sql`(
  select string_agg(w.word, ',' order by w.place)
  from jsonb_array_elements_text(app_revisions.definition -> ${sql.lit(name)}) with ordinality w (word, place))`;

/** What each field is in {@link viewedApps}. */
const APP_COLUMNS: Readonly<Record<AppSearchFieldName, RawBuilder<unknown>>> = {
  id: column('id'),
  uuid: column('uuid'),
  name: text('name'),
  version: text('version'),
  revision: column('revision'),
  owner: column('owner'),
  label: text('label'),
  shortDescription: text('shortDescription'),
  longDescription: text('longDescription'),
  icon: text('icon'),
  helpURI: text('helpURI'),
  isPublic: column('is_public'),
  available: column('available'),
  checkpointable: sql`(${text('checkpointable')})::boolean`,
  parallelism: text('parallelism'),
  executionType: text('executionType'),
  executionSystem: column('execution_system'),
  deploymentSystem: text('deploymentSystem'),
  deploymentPath: text('deploymentPath'),
  templatePath: text('templatePath'),
  testPath: text('testPath'),
  defaultQueue: text('defaultQueue'),
  defaultNodeCount: number('defaultNodeCount'),
  defaultProcessorsPerNode: number('defaultProcessorsPerNode'),
  defaultMemoryPerNode: number('defaultMemoryPerNode'),
  defaultMaxRunTime: text('defaultMaxRunTime'),
  tags: words('tags'),
  ontology: words('ontology'),
  modules: words('modules'),
  inputs: text('inputs'),
  parameters: text('parameters'),
  created: column('created_at'),
  lastModified: column('last_modified'),
};
