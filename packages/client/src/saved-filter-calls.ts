import type { QueryInputOf } from '@arras/contract';
import type { Call } from './operation.ts';

/** Filters that you keep under a name; use one with `jobs.list({ saved: name })`. */
export function savedFilterCalls(call: Call) {
  return {
    list: (query: QueryInputOf<'listSavedFilters'> = {}) => call('listSavedFilters', { query }),
    show: (name: string) => call('showSavedFilter', { params: { name } }),
    /** In the filter grammar, such as `status:failed created:>7d`; replaces the filter that had the name. */
    save: (name: string, filter: string) => call('saveFilter', { params: { name }, body: { filter } }),
    delete: (name: string) => call('deleteSavedFilter', { params: { name } }),
  };
}
