import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordedRequest, Row, RowGroup } from './compat/recorded-request.ts';
import { ROW_GROUPS } from './compat/rows/all-rows.ts';
import type { Shape } from './compat/shape.ts';

// Writes the table of what existing clients send and get back, from the data of the tests that send it. With --check
// it writes nothing and exits with 1 when the file is not what it would write.

const NAME = 'docs/reference/tapis-compatibility.md';
const PATH = join(import.meta.dirname, '..', NAME);

/** Fields of an object that are shown by name. */
const MOST_FIELDS = 5;

const content = renderPage();
if ((await readFile(PATH, 'utf8').catch(() => null)) !== content) {
  if (process.argv.includes('--check')) {
    console.error(`${NAME} is not current: run npm run generate and commit it`);
    process.exitCode = 1;
  } else {
    await writeFile(PATH, content);
    console.log(`wrote ${NAME}`);
  }
}

function renderPage(): string {
  const rows = ROW_GROUPS.flatMap((group) => group.rows);
  return [
    '# What existing Tapis clients send and get back',
    '',
    'Generated from `tests/compat/rows`. The requests were recorded from the Tapis CLI 1.0.0 and AgavePy 1.0.0a11, with',
    `their headers and bodies, and a test sends each of these ${rows.length} rows to the service byte for byte. Names in`,
    'braces stand for ids. [Moving from Tapis v2](../guides/moving-from-tapis.md) says how to point a client here.',
    '',
    ...ROW_GROUPS.flatMap(renderGroup),
  ].join('\n');
}

function renderGroup({ title, rows }: RowGroup): string[] {
  return [
    `## ${title}`,
    '',
    '| client | command | what it sends, and what comes back |',
    '|---|---|---|',
    ...rows.map(renderRow),
    '',
  ];
}

function renderRow({ client, command, requests, note }: Row): string {
  const first = new Map(requests.toReversed().map((each) => [shorten(each.send), each]));
  const lines = [...new Set(requests.map(({ send }) => shorten(send)))].flatMap((send) => {
    const request = first.get(send);
    return request === undefined ? [] : [`\`${send}\`: ${renderAnswer(request)}`];
  });
  const cells = [client, `\`${command}\``, [...lines, note ?? []].flat().join('<br>')];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** The request without its search, of which a row has many. */
function shorten(send: string): string {
  return send.replace(/\?limit=100&offset=0&.*$/, '?limit=100&offset=0&…');
}

function renderAnswer({ status, text, needs }: RecordedRequest): string {
  if (text !== undefined) return 'the bytes';
  if (status !== undefined && status >= 400) return String(status);
  if (needs === undefined) return 'success';
  if (isRecord(needs) && needs['result'] === undefined) return describe(needs);
  if (isRecord(needs) && needs['result'] === 'absent') return 'no `result`';
  return isRecord(needs) ? describe(needs['result'] ?? 'any') : describe(needs);
}

function describe(shape: Shape): string {
  if (typeof shape === 'string') return shape === 'empty' ? 'an empty list' : article(shape);
  if (shape instanceof RegExp) return 'a text';
  if (isList(shape)) return `a list of ${describe(shape[0]).replace('an object', 'objects')}`;
  const fields = Object.keys(shape).filter((key) => shape[key] !== 'absent');
  const shown = fields.slice(0, MOST_FIELDS).map((field) => `\`${field}\``);
  const rest = fields.length - shown.length;
  return `an object with ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function article(kind: string): string {
  return kind === 'array' ? 'a list' : kind === 'object' ? 'an object' : kind;
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function isRecord(shape: Shape): shape is { readonly [key: string]: Shape } {
  return typeof shape === 'object' && !(shape instanceof RegExp) && !Array.isArray(shape);
}
