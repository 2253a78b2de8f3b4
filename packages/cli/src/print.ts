import { isRecord } from '@arras/contract';
import { cleanLines, cleanText, renderJson } from './clean-text.ts';
import { ALL_FIELDS, splitFields } from './json-fields.ts';
import type { Session } from './session.ts';
import { type Column, renderTable } from './table.ts';

/** How a result is to be shown. */
export interface OutputOptions {
  /** The result as JSON, exactly as the API gives it. */
  readonly verbose?: boolean;
  /** Names of fields with commas; `*` for all. Alone it is refused before the command runs. */
  readonly json?: string | true;
  readonly format?: string;
  readonly jq?: string;
  /** Only ids. */
  readonly quiet?: boolean | undefined;
}

/** True when the result is to be printed as JSON, or as what jq makes of it. */
export function wantsJson({ verbose, json, format, jq }: OutputOptions): boolean {
  return verbose === true || json !== undefined || format === 'json' || jq !== undefined;
}

/** True when neither JSON nor ids are asked for: what explains may be printed beside the data. */
export function isForPeople(options: OutputOptions): boolean {
  return !wantsJson(options) && options.quiet !== true;
}

/** The fields that are asked for by name; null for all. */
export function wantedFields({ verbose, json }: OutputOptions): readonly string[] | null {
  if (verbose === true || typeof json !== 'string' || json === ALL_FIELDS) return null;
  return splitFields(json);
}

/** Prints a result as JSON where that was asked for, else as `human` renders it. */
export async function printResult(
  session: Session,
  options: OutputOptions,
  { result, human }: { result: unknown; human: () => string },
): Promise<void> {
  session.out(wantsJson(options) ? await renderAsked(session, options, result) : human());
}

async function renderAsked(session: Session, options: OutputOptions, result: unknown): Promise<string> {
  const fields = wantedFields(options);
  const shown = fields === null ? result : pickFields(result, fields);
  if (options.jq === undefined) return `${renderJson(shown)}\n`;
  const { evaluateJq } = await import('./jq.ts');
  const text = await evaluateJq(shown, options.jq);
  // A program reads the bytes as they are; a terminal must not obey them.
  return session.terminal.isTty ? cleanLines(text) : text;
}

/** Prints rows as a table; the sentence for an empty one is no data. */
export async function printRows<Row>(
  session: Session,
  options: OutputOptions,
  { rows, columns, whenEmpty }: { rows: readonly Row[]; columns: readonly Column<Row>[]; whenEmpty: string },
): Promise<void> {
  const human = () =>
    options.quiet === true
      ? rows.map((row) => `${nameOf(row)}\n`).join('')
      : renderTable(columns, rows, { terminal: session.terminal, width: session.width() });
  if (rows.length === 0 && isForPeople(options)) session.say(`${whenEmpty}\n`);
  else await printResult(session, options, { result: rows, human });
}

/** Prints names and values, one pair a line. */
export async function printPairs(
  session: Session,
  options: OutputOptions,
  { result, pairs }: { result: unknown; pairs: readonly (readonly [string, unknown])[] },
): Promise<void> {
  const columns: Column<readonly [string, unknown]>[] = [
    { title: 'field', cell: ([name]) => name, tone: () => 'bold' },
    { title: 'value', cell: ([, value]) => (isPlain(value) ? value : JSON.stringify(value)), shrink: 'end' },
  ];
  const rows = pairs.filter(([, value]) => value !== undefined && value !== null && value !== '');
  const table = () =>
    renderTable(columns, rows, { terminal: session.terminal, width: session.width() }).replace(/^.*\n/, '');
  const human = () => (options.quiet === true ? `${nameOf(result)}\n` : table());
  await printResult(session, options, { result, human });
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** What a result is called in other commands: its id, else what stands for one. */
function nameOf(result: unknown): string {
  if (!isRecord(result)) return '';
  const name = result.id ?? result.uuid ?? result.username ?? result.path ?? result.name;
  return typeof name === 'string' ? cleanText(name) : '';
}

/** Of an object, or of each object of a list, the fields with these names or dotted paths. */
export function pickFields(value: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => pickFields(item, fields));
  return Object.fromEntries(fields.map((field) => [field, pickField(value, field)]));
}

function pickField(value: unknown, field: string): unknown {
  let found: unknown = value;
  for (const part of field.split('.')) found = isRecord(found) ? found[part] : undefined;
  // Optional fields are left out of some results: what is not there is null, not a mistake.
  return found ?? null;
}
