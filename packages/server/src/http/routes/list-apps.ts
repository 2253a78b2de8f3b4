import { APP_SEARCH_FIELDS, type AppSummary, type AppView, type SearchTerm } from '@arras/contract';
import { type AppListing, listViewedApps } from '../../database/list-apps.ts';
import type { Handler, HandlerRequest, HandlersOf } from '../handler.ts';
import { readSearch, readSearchOrder, refuseBadPattern } from '../read-search.ts';
import { answer, type ResultReply } from '../reply.ts';
import { readPresentation } from '../send-reply.ts';
import { renderApp, renderAppSummary } from '../views/app-view.ts';

type ListRequest = Pick<HandlerRequest<'listApps'>, 'context' | 'viewer' | 'query' | 'raw'>;

/** What a listing asks beside its query. */
type Wanted = Pick<AppListing, 'having'> & {
  /** A text that a field has to have, in any case. */
  readonly equal?: { readonly field: 'name' | 'executionSystem'; readonly value: string };
};

const listApps: Handler<'listApps'> = (request) => list(request, {});

const listAppsByName: Handler<'listAppsByName'> = (request) =>
  list(request, { equal: { field: 'name', value: request.params.name } });

const listAppsByTag: Handler<'listAppsByTag'> = (request) =>
  list(request, { having: { list: 'tags', word: request.params.tag } });

const listAppsByOntology: Handler<'listAppsByOntology'> = (request) =>
  list(request, { having: { list: 'ontology', word: request.params.term } });

const listAppsBySystem: Handler<'listAppsBySystem'> = (request) =>
  list(request, { equal: { field: 'executionSystem', value: request.params.system } });

/** Asking for public and for private apps at once is asking for both. With `filter` the rows are whole apps. */
async function list(
  { context, viewer, query, raw }: ListRequest,
  { equal, having }: Wanted,
): Promise<ResultReply<(AppView | AppSummary)[]>> {
  const { publicOnly, privateOnly, limit, offset } = query;
  const asked = readSearch(context, viewer, { fields: APP_SEARCH_FIELDS, query: raw.request.query });
  const apps = await listViewedApps(context.db, viewer, {
    terms: equal === undefined ? asked : [...asked, termOf(equal)],
    ...(having !== undefined && { having }),
    isPublic: publicOnly === privateOnly ? undefined : publicOnly,
    limit,
    offset,
    ...readSearchOrder(query, APP_SEARCH_FIELDS),
  }).catch(refuseBadPattern);
  const isWhole = readPresentation(raw.request).filter !== null;
  return answer(apps.map((app) => (isWhole ? renderApp(context, app) : renderAppSummary(context, app))));
}

function termOf({ field, value }: NonNullable<Wanted['equal']>): SearchTerm<typeof field> {
  return { field, parameter: field, type: 'text', operator: 'EQ', values: [value] };
}

/** The listings of apps. */
export const APP_LIST_HANDLERS: Pick<
  HandlersOf<'Apps'>,
  'listApps' | 'listAppsByName' | 'listAppsByTag' | 'listAppsByOntology' | 'listAppsBySystem'
> = { listApps, listAppsByName, listAppsByTag, listAppsByOntology, listAppsBySystem };
