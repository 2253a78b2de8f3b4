import { quoteShell } from '../../ui/quote-shell.ts';
import { type Query, renderQuery } from './list-query.ts';

/** The list three ways. */
export interface CopyForms {
  readonly cli: string;
  readonly curl: string;
  readonly typescript: string;
}

/** What a list is copied from. */
export interface CopiedList {
  /** In the filter grammar. */
  readonly filter: string;
  /** What it compiles to. */
  readonly query: Query;
  /** Where the service is, such as `https://arras.example.org`. */
  readonly origin: string;
}

/** A list as a command of the command line, as curl, and as TypeScript. The token is a variable, never in the text. */
export function copyFormsOf({ filter, query, origin }: CopiedList): CopyForms {
  const address = `${origin}/jobs/v2?${renderQuery(query)}`;
  return {
    cli: commandOf(filter.trim()),
    curl: `curl --header "Authorization: Bearer $TOKEN" ${quoteShell(address)}`,
    typescript: [
      `import { createClient } from '@arras/client';`,
      '',
      `const client = createClient({ url: '${origin}', token: process.env.ARRAS_TOKEN });`,
      `const jobs = await client.jobs.list(${JSON.stringify(query, null, 2)});`,
    ].join('\n'),
  };
}

function commandOf(filter: string): string {
  if (filter === '') return 'arras jobs list';
  return `arras jobs list ${filter.startsWith('-') ? '-- ' : ''}${quoteShell(filter)}`;
}
