import { type JobSummary, type JobView, suggestion } from '@arras/contract';
import { fieldsOf } from './json-fields.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';
import type { Column } from './table.ts';
import { lookOf, statusText } from './terminal.ts';

/** A job as a listing has it: with fields of the whole job where they were asked for. */
export type JobRow = JobSummary & Partial<Omit<JobView, keyof JobSummary>>;

/** What a listing shows when no columns are chosen. */
export const DEFAULT_COLUMNS: readonly string[] = ['id', 'name', 'status', 'app', 'system', 'created'];

/** Short names of columns; every other column is called like its field. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  app: 'appId',
  system: 'executionSystem',
  queue: 'batchQueue',
  updated: 'lastUpdated',
  started: 'startTime',
  ended: 'endTime',
};

/** A symbol and a status are never cut; that a stop was requested can be. */
const LONGEST_STATUS = '+ ARCHIVING_FINISHED'.length;

/** Fields that are points in time. */
const TIMES = new Set([
  'created',
  'lastUpdated',
  'lastModified',
  'submitTime',
  'startTime',
  'endTime',
  'accepted',
]);

/** The fields that can be columns. */
export function columnFields(): readonly string[] {
  return [
    ...Object.keys(SHORT_NAMES),
    ...fieldsOf(['listJobs', 'showJob']).filter((name) => name !== '_links'),
  ];
}

/**
 * The names of columns in `id,name,status`.
 *
 * @throws Refusal for one that there is not.
 */
export function parseColumns(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const known = columnFields();
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new Refusal({
    what: `There is no column "${unknown}"${suggestion(unknown, known)}`,
    why: `The columns are ${known.join(', ')}.`,
    todo: `Write -c ${DEFAULT_COLUMNS.join(',')}.`,
  });
}

/** The field that a column shows. */
export function fieldOfColumn(name: string): string {
  return SHORT_NAMES[name] ?? name;
}

/** Columns of a table of jobs; of those that nobody chose some are left out on a narrow terminal. */
export function jobColumns(session: Session, names: readonly string[]): readonly Column<JobRow>[] {
  const columns = names.map((title) => jobColumn(session, title));
  if (names !== DEFAULT_COLUMNS) return columns;
  return columns.map((column) =>
    DISPENSABLE.has(column.title) ? { ...column, dispensable: true as const } : column,
  );
}

const DISPENSABLE = new Set(['app', 'system']);

function jobColumn({ terminal, ago }: Session, title: string): Column<JobRow> {
  const field = fieldOfColumn(title);
  if (field === 'id') return { title, cell: (job) => job.id };
  if (field === 'status') {
    return {
      title,
      cell: (job) => statusText(terminal, job),
      tone: (job) => lookOf(job).class,
      shrink: 'end',
      narrowest: LONGEST_STATUS,
    };
  }
  return {
    title,
    cell: (job) => renderCell(job[field as keyof JobRow], TIMES.has(field) ? ago : null),
    shrink: field === 'name' ? 'middle' : 'end',
  };
}

function renderCell(
  value: unknown,
  ago: ((time: string) => string) | null,
): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return ago === null ? value : ago(value);
  return typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value);
}
