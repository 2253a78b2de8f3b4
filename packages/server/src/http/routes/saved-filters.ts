import {
  ApiError,
  type FieldProblem,
  MAX_SAVED_FILTERS,
  parseFilter,
  parseJobSearch,
  savedFilterNameSchema,
} from '@arras/contract';
import { inTransaction } from '../../database/connection.ts';
import {
  findSavedFilter,
  listSavedFilters as readFilters,
  deleteSavedFilter as removeFilter,
  saveFilter as storeFilter,
} from '../../database/saved-filters.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { renderSavedFilter } from '../views/saved-filter-view.ts';

const listSavedFilters: Handler<'listSavedFilters'> = async ({ context, viewer, query }) => {
  const rows = await readFilters(context.db, viewer.username, query);
  return answer(rows.map((row) => renderSavedFilter(context, row)));
};

const showSavedFilter: Handler<'showSavedFilter'> = async ({ context, viewer, params }) => {
  const row = await findSavedFilter(context.db, viewer.username, params.name);
  if (row === null) throw new ApiError('filter.not-found');
  return answer(renderSavedFilter(context, row));
};

/** A filter that is saved can be used: what is wrong with it is said now, with its place. */
const saveFilter: Handler<'saveFilter'> = async ({ context, viewer, params, body }) => {
  const problems = [...findNameProblems(params.name), ...findFilterProblems(body.filter, context.now())];
  if (problems.length > 0) throw new ApiError('request.invalid', { problems });
  const saved = { owner: viewer.username, name: params.name, filter: body.filter };
  const row = await inTransaction(context.db, (tx) => storeFilter(tx, saved, MAX_SAVED_FILTERS));
  if (row === null) throw new ApiError('filter.too-many');
  return answer(renderSavedFilter(context, row));
};

const deleteSavedFilter: Handler<'deleteSavedFilter'> = async ({ context, viewer, params }) => {
  if (await removeFilter(context.db, viewer.username, params.name)) return done(`Deleted ${params.name}.`);
  throw new ApiError('filter.not-found');
};

function findNameProblems(name: string): FieldProblem[] {
  const parsed = savedFilterNameSchema.safeParse(name);
  return parsed.success ? [] : parsed.error.issues.map(({ message }) => ({ field: 'name', message }));
}

function findFilterProblems(filter: string, now: Date): readonly FieldProblem[] {
  const parsed = parseFilter(filter, { now });
  if (!parsed.ok) {
    const { message, position } = parsed.problem;
    return [{ field: 'filter', message: `${message} (character ${position + 1})` }];
  }
  // The grammar gives the API nothing that it refuses, except lists that are too long.
  const search = parseJobSearch(parsed.value.query, { now });
  return search.ok ? [] : search.problems.map(({ message }) => ({ field: 'filter', message }));
}

/** The handlers of the filters that users save. */
export const SAVED_FILTER_HANDLERS: Pick<
  HandlersOf<'Jobs'>,
  'listSavedFilters' | 'showSavedFilter' | 'saveFilter' | 'deleteSavedFilter'
> = { listSavedFilters, showSavedFilter, saveFilter, deleteSavedFilter };
