import type { SavedFilterView } from '@arras/contract';
import type { SavedFilterRow } from '../../database/tables.ts';
import type { ViewContext } from '../../events/view-context.ts';
import { linkTo } from './links.ts';

/** A saved filter as it travels. */
export function renderSavedFilter(context: ViewContext, row: SavedFilterRow): SavedFilterView {
  const { href } = linkTo(context, 'jobs', 'v2');
  return {
    name: row.name,
    filter: row.filter,
    created: context.formatTime(row.created_at),
    lastUpdated: context.formatTime(row.last_updated),
    _links: {
      self: linkTo(context, 'jobs', 'v2', 'filters', row.name),
      jobs: { href: `${href}?saved=${encodeURIComponent(row.name)}` },
    },
  };
}
