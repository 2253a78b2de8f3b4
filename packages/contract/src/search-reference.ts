import { FILTER_KEYS } from './filter-keys.ts';
import {
  JOB_SEARCH_FIELD_NAMES,
  JOB_SEARCH_FIELDS,
  JOB_SEARCH_OPERATOR_MEANINGS,
  type JobSearchFieldName,
} from './job-search-fields.ts';
import { page, table } from './reference-page.ts';
import { SEARCH_OPERATORS, type SearchOperator } from './search-fields.ts';

/** `docs/reference/job-search.md`: what jobs can be searched by. */
export function renderSearchReference(): string {
  const operators = Object.keys(JOB_SEARCH_OPERATOR_MEANINGS) as SearchOperator[];
  return page('Searching jobs', [
    '`GET /jobs/v2` takes conditions as query parameters, `field=value` or `field.OPERATOR=value`, and lists the jobs for which all of them hold. Names of fields and operators count in any case; a parameter that is neither a field nor any other parameter of the listing is ignored, a known field with an operator or a value that it does not take is refused with `request.bad-query`. `orderBy` takes the same fields; jobs that are equal in it are ordered by id. The guide is [Finding jobs](../guides/finding-jobs.md).',
    '## Fields',
    'Fixed: the field never changes once the job was submitted.',
    table(['Field', 'Other names', 'Type', 'Fixed', 'Meaning'], JOB_SEARCH_FIELD_NAMES.map(renderField)),
    '## Operators',
    table(
      ['Operator', 'For', 'Meaning'],
      operators.map((operator) => [
        `\`${operator.toLowerCase()}\``,
        Object.entries(SEARCH_OPERATORS)
          .filter(([, taken]) => taken.some((each) => each === operator))
          .map(([type]) => type)
          .join(', '),
        JOB_SEARCH_OPERATOR_MEANINGS[operator],
      ]),
    ),
    '## Values',
    'A date is `2026-03-01` (the whole day in UTC where a span is meant, else its beginning), `2026-03-01T12:00:00Z` with any offset, milliseconds since 1970, or words: now, today, yesterday, tomorrow, `3 days ago`, `in 2 hours`, `last week` (a week before now), with second, minute, hour, day, week, month and year. A duration is `hh:mm:ss` or seconds. A flag is true for `true` and `1`, in any case, and false otherwise. Regular expressions are those of RE2, without back-references and look-around.',
    '## Filters',
    'The command line, saved filters and search boxes take the same as one text: terms with blanks between them, `key:value`, `-` before a term turns it round, `a,b` is one of several, `*` any characters, `key~value` contains, `>`, `>=`, `<`, `<=` and `a..b` compare. Relative times are `s m h d w` and mean that long ago. Texts with blanks stand in quotation marks. Words alone are sought in the name, in their order; a word of at least ten digits is the beginning of an id.',
    table(
      ['Key', 'Field', 'Example', 'Meaning'],
      Object.entries(FILTER_KEYS).map(([name, { field, example, description }]) => [
        `\`${name}\``,
        field === null ? '' : `\`${field}\``,
        `\`${example}\``,
        description,
      ]),
    ),
  ]);
}

function renderField(name: JobSearchFieldName): string[] {
  const { type, aliases, fixed, description } = JOB_SEARCH_FIELDS[name];
  return [
    `\`${name}\``,
    aliases.map((alias) => `\`${alias}\``).join(', '),
    type,
    fixed ? 'yes' : '',
    description,
  ];
}
