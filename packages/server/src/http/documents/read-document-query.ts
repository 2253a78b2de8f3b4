import { ApiError } from '@arras/contract';
import { type DocumentListing, type DocumentRow, listDocuments } from '../../database/documents.ts';
import type { Viewer } from '../../database/systems.ts';
import { isBadPattern } from '../../database/trouble.ts';
import {
  BadQuery,
  type DocumentKind,
  type DocumentQuery,
  parseDocumentQuery,
} from '../../domain/document-query.ts';
import { readQueryText } from '../../domain/read-query-text.ts';
import { findSearchPatternProblem } from '../../domain/search-pattern.ts';
import type { HttpContext } from '../context.ts';
import { readOrder } from '../read-order.ts';

/** Characters of a query: more does not fit into the head of a request with its other headers. */
const MAX_QUERY_LENGTH = 8_192;

/** The fields that documents can be ordered by, and their columns. */
const ORDER = {
  uuid: 'uuid',
  owner: 'owner',
  name: 'name',
  created: 'created_at',
  lastUpdated: 'last_updated',
} as const;

/** What was asked for of documents. */
interface AskedDocuments {
  readonly q: string | undefined;
  readonly privileged: boolean;
  readonly order: 'ASC' | 'DESC' | undefined;
  readonly orderBy: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** A page of the documents of a kind that the viewer may read. Throws ApiError for a query that cannot be understood. */
export async function findDocuments(
  context: HttpContext,
  viewer: Viewer,
  kind: DocumentKind,
  asked: AskedDocuments,
): Promise<readonly DocumentRow[]> {
  const listing: DocumentListing = {
    kind,
    query: readDocumentQuery(asked.q, kind, context.now()),
    ofAll: viewer.isAdmin && asked.privileged,
    limit: asked.limit,
    offset: asked.offset,
    ...readOrder(asked, ORDER),
  };
  const found = await listDocuments(context.db, viewer.username, listing).catch((error: unknown) => {
    if (isBadPattern(error))
      throw badQuery('has a $regex that is not supported; write it more simply', error);
    throw error;
  });
  if (found !== 'too-slow') return found;
  throw badQuery(
    'takes too long; add a condition on owner, name or associationIds, or make the $regex simpler',
  );
}

/** Null for no conditions. */
function readDocumentQuery(text: string | undefined, kind: DocumentKind, now: Date): DocumentQuery | null {
  if (text === undefined) return null;
  if (text.length > MAX_QUERY_LENGTH)
    throw badQuery(`has ${text.length} characters; expected at most ${MAX_QUERY_LENGTH}`);
  const read = readQueryText(text);
  if (!read.ok) throw badQuery(read.problem);
  try {
    return parseDocumentQuery(read.value, { kind, now, judgePattern: findSearchPatternProblem });
  } catch (error) {
    if (error instanceof BadQuery) throw badQuery(error.message, error);
    throw error;
  }
}

function badQuery(message: string, cause?: unknown): ApiError {
  return new ApiError('request.bad-query', { problems: [{ field: 'q', message }], cause });
}
