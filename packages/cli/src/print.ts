import { isRecord } from '@arras/contract';
import { renderJson } from './clean-text.ts';
import type { Session } from './session.ts';
import { type Column, renderTable } from './table.ts';

/** How a result is to be shown. */
export interface OutputOptions {
  /** The result as JSON, exactly as the API gives it. */
  readonly verbose?: boolean;
  /** Names of fields with commas, or true for all. */
  readonly json?: string | true;
  readonly format?: string;
}

/** Prints a result as JSON where that was asked for, else as `human` renders it. */
export function printResult(
  session: Session,
  options: OutputOptions,
  { result, human }: { result: unknown; human: () => string },
): void {
  if (options.verbose === true || options.format === 'json' || options.json === true)
    session.out(`${renderJson(result)}\n`);
  else if (options.json !== undefined)
    session.out(`${renderJson(pickFields(result, options.json.split(',')))}\n`);
  else session.out(human());
}

/** Prints rows as a table; the sentence for an empty one is no data. */
export function printRows<Row>(
  session: Session,
  options: OutputOptions,
  { rows, columns, whenEmpty }: { rows: readonly Row[]; columns: readonly Column<Row>[]; whenEmpty: string },
): void {
  const human = () => renderTable(columns, rows, { terminal: session.terminal, width: session.width() });
  if (rows.length === 0 && isForPeople(options)) session.say(`${whenEmpty}\n`);
  else printResult(session, options, { result: rows, human });
}

/** Prints names and values, one pair a line. */
export function printPairs(
  session: Session,
  options: OutputOptions,
  { result, pairs }: { result: unknown; pairs: readonly (readonly [string, unknown])[] },
): void {
  const columns: Column<readonly [string, unknown]>[] = [
    { title: 'field', cell: ([name]) => name, tone: () => 'bold' },
    { title: 'value', cell: ([, value]) => (isPlain(value) ? value : JSON.stringify(value)), shrink: 'end' },
  ];
  const rows = pairs.filter(([, value]) => value !== undefined && value !== null && value !== '');
  const human = () =>
    renderTable(columns, rows, { terminal: session.terminal, width: session.width() }).replace(/^.*\n/, '');
  printResult(session, options, { result, human });
}

function isForPeople({ verbose, json, format }: OutputOptions): boolean {
  return verbose !== true && json === undefined && format !== 'json';
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Of an object, or of each object of a list, the fields with these names or dotted paths. */
export function pickFields(value: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => pickFields(item, fields));
  return Object.fromEntries(fields.map((field) => [field.trim(), pickField(value, field.trim())]));
}

function pickField(value: unknown, field: string): unknown {
  let found: unknown = value;
  for (const part of field.split('.')) found = isRecord(found) ? found[part] : undefined;
  // Optional fields are left out of some results: what is not there is null, not a mistake.
  return found ?? null;
}
