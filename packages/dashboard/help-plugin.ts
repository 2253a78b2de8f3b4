import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { renderHelp } from './render-help.ts';

const NAME = 'virtual:help';

/** The contents of `docs/` as modules: `virtual:help` lists them, `virtual:help/PATH` holds the HTML of one. */
export function help(directory: string): Plugin {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length))
    .toSorted();
  const known = new Set(paths);
  const read = (path: string) => renderHelp(path, readFileSync(join(directory, `${path}.md`), 'utf8'), known);
  return {
    name: 'help',
    resolveId: (id) => (id === NAME || id.startsWith(`${NAME}/`) ? `\0${id}` : undefined),
    load: (id) => {
      if (id === `\0${NAME}`) return renderList(paths.map((path) => ({ path, title: read(path).title })));
      if (!id.startsWith(`\0${NAME}/`)) return undefined;
      return `export const html = ${JSON.stringify(read(id.slice(NAME.length + 2)).html)};`;
    },
  };
}

function renderList(documents: readonly { readonly path: string; readonly title: string }[]): string {
  const entries = documents.map(
    ({ path, title }) =>
      `{ path: ${JSON.stringify(path)}, title: ${JSON.stringify(title)}, load: () => import(${JSON.stringify(`${NAME}/${path}`)}) }`,
  );
  return `export const DOCUMENTS = [${entries.join(',\n')}];`;
}
