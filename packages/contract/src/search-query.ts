import { z } from 'zod';
import { queryTextSchema } from './listing.ts';
import { wireShapes } from './scalars.ts';
import { SEARCH_OPERATORS, type SearchField, type SearchFields } from './search-fields.ts';

/**
 * The parameters of a search without an operator, which stand for equality. They are known to the documentation only: a
 * type that held them would have to hold them in every case.
 */
export function searchParameters(fields: SearchFields<string>): Readonly<Record<string, z.ZodType>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      queryTextSchema.describe(describeField(name, field)),
    ]),
  );
}

function describeField(name: string, { type, aliases, description }: SearchField): string {
  const others = aliases.length === 0 ? '' : ` Also ${aliases.join(', ')}.`;
  const operators = SEARCH_OPERATORS[type].join(', ').toLowerCase();
  return `${description}${others} With an operator: \`${name}.OPERATOR\`, one of ${operators}.`;
}

/** The parameters of a search with an operator, in any case: everything that a query does not name otherwise. */
export function searchValues(fields: SearchFields<string>) {
  const schema = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).optional();
  const names = Object.keys(fields).map((name) => name.replaceAll('.', String.raw`\.`));
  const operators = [...new Set(Object.values(SEARCH_OPERATORS).flat())].map((word) => word.toLowerCase());
  const pattern = String.raw`^(${names.join('|')})\.(${operators.join('|')})$`;
  wireShapes.add(schema, { type: 'object', patternProperties: { [pattern]: { type: 'string' } } });
  return schema;
}
