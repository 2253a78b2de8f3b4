import { FILTER_KEYS, JOB_STATUSES, type OperationId } from '@arras/contract';
import { columnFields } from '../job-columns.ts';
import { fieldsOf } from '../json-fields.ts';
import type { Environment } from '../terminal.ts';
import type { Candidate, ValueSources } from './complete.ts';
import { listLiveValues } from './live-values.ts';
import { listAddresses, listOutputPaths } from './remote-paths.ts';

/** The sources of a real command line. */
export function valueSources(env: Environment): ValueSources {
  return {
    live: (kind, flags) => listLiveValues(env, kind, flags),
    fields: (operations: readonly OperationId[]) => Promise.resolve(fieldsOf(operations).map(plain)),
    columns: () => Promise.resolve(columnFields().map(plain)),
    addresses: (typed, flags) => listAddresses(env, typed, flags),
    outputs: (job, typed, flags) => listOutputPaths(env, { job, typed, flags }),
    filterTerms: (typed) => Promise.resolve(listFilterTerms(typed)),
  };
}

/** Keys, and behind `status:` the statuses. */
function listFilterTerms(typed: string): readonly Candidate[] {
  if (/^-?status:/.test(typed)) {
    const before = typed.slice(0, Math.max(typed.lastIndexOf(':'), typed.lastIndexOf(',')) + 1);
    return JOB_STATUSES.map((status) => plain(before + status.toLowerCase()));
  }
  return Object.entries(FILTER_KEYS).map(([key, { description, ...rest }]) => ({
    value: 'alone' in rest ? key : `${key}:`,
    description,
  }));
}

function plain(value: string): Candidate {
  return { value, description: '' };
}
