import { z } from 'zod';
import { linksSchema, timestampSchema } from './envelope.ts';
import { MAX_FILTER_LENGTH } from './filter-grammar.ts';
import { line } from './scalars.ts';

/** Saved filters of one user. */
export const MAX_SAVED_FILTERS = 100;

/** Name of a saved filter: it stands in addresses and on command lines. */
export const savedFilterNameSchema = line({
  what: 'the name of a filter',
  max: 64,
  pattern: /^[A-Za-z0-9._-]+$/,
  hint: 'of letters, digits and . _ -',
  // Clients take these two out of addresses.
}).refine((name) => name !== '.' && name !== '..', { error: 'expected another name than . and ..' });

/** Body that saves a filter. */
export const savedFilterRequestSchema = z.object({
  filter: line({ what: 'a filter', max: MAX_FILTER_LENGTH }).describe(
    'In the filter grammar, such as "status:failed created:>7d"; relative times count from each use.',
  ),
});

/** A saved filter. */
export const savedFilterSchema = z.object({
  name: z.string(),
  filter: z.string(),
  created: timestampSchema,
  lastUpdated: timestampSchema,
  _links: linksSchema('self', 'jobs'),
});

/** A saved filter. */
export type SavedFilterView = z.infer<typeof savedFilterSchema>;
