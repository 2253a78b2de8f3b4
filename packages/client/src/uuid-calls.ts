import type { QueryInputOf } from '@arras/contract';
import type { Call } from './operation.ts';

/** What uuids name. */
export function uuidCalls(call: Call) {
  return {
    show: (uuid: string, query: QueryInputOf<'showUuid'> = {}) =>
      call('showUuid', { params: { uuid }, query }),
    /** In their order; what is not visible to you is left out. */
    list: (uuids: readonly string[], query: Pick<QueryInputOf<'listUuids'>, 'expand'> = {}) =>
      call('listUuids', { query: { ...query, 'uuids.eq': uuids.join(',') } }),
  };
}
