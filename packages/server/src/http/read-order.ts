import { ApiError, describeValue, findOrderField, type ListQuery } from '@arras/contract';

/**
 * The column and direction of a listing; without a wish the last modified first, and a wished field upwards.
 * `columns`: by the names of the fields. Throws ApiError for a field that is none of them.
 */
export function readOrder<Column extends string>(
  { order, orderBy }: Pick<ListQuery, 'order' | 'orderBy'>,
  columns: Readonly<Record<string, Column>>,
): { readonly orderBy?: Column; readonly order?: 'asc' | 'desc' } {
  const direction =
    order === undefined ? {} : { order: order === 'ASC' ? ('asc' as const) : ('desc' as const) };
  if (orderBy === undefined) return direction;
  const fields = Object.keys(columns);
  const column = columns[findOrderField(orderBy, fields) ?? ''];
  if (column !== undefined) return { orderBy: column, order: 'asc', ...direction };
  const message = `expected one of ${fields.join(', ')}, got ${describeValue(orderBy)}`;
  throw new ApiError('request.bad-query', { problems: [{ field: 'orderBy', message }] });
}
