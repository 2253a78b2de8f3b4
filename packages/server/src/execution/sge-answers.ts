import type { EndCause } from '../domain/end-cause.ts';
import type { AccountRow, Phase, QueueRow } from './batch-answer.ts';

// <JB_job_number>4711     <JB_name>tj-0123-007-1<     <state>qw<
const ELEMENT = /<(JB_job_number|JB_name|state)>([^<]*)/;

/** Jobs of `qstat -xml`, whole or reduced to the elements that matter. */
export function parseSgeQueue(lines: readonly string[]): ReadonlyMap<string, readonly QueueRow[]> {
  const rows = new Map<string, QueueRow[]>();
  let localId = '';
  let name = '';
  for (const line of lines) {
    const [, element, text = ''] = ELEMENT.exec(line) ?? [];
    if (element === 'JB_job_number') [localId, name] = [text, ''];
    else if (element === 'JB_name') name = text;
    else if (element === 'state' && name !== '') {
      rows.set(name, [...(rows.get(name) ?? []), rowOf(localId, text)]);
    }
  }
  return rows;
}

function rowOf(localId: string, state: string): QueueRow {
  return {
    localId,
    phase: phaseOf(state),
    exitCode: null,
    restarted: state.includes('R'),
    reason: state.includes('w') ? state : null,
    estimatedStart: null,
    endReason: null,
  };
}

/**
 * States are letters put together (qstat(1), "state"): q, w wait; h held, E error, both still in the queue; t, r run; R
 * run again; s, S, T suspended; d is being deleted.
 */
function phaseOf(state: string): Phase | null {
  if (!/^[dEhrRstSTqw]+$/.test(state)) return null;
  if (state.includes('w') || state === 'h') return { is: 'queued' };
  if (state.includes('d')) return { is: 'running' };
  return /[sST]/.test(state) ? { is: 'paused' } : { is: 'running' };
}

/** What `failed` of qacct says beyond the exit status (sge_diagnostics(1)); those below 16 come before the program. */
const FAILURES: ReadonlyMap<number, EndCause> = new Map([
  [24, 'requeued'],
  [25, 'requeued'],
  [37, 'time-limit'],
]);
const LAST_BEFORE_START = 15;

// jobname      tj-0123-007-1        exit_status  3        failed       37  : qmaster enforced h_rt limit
const FIELD = /^(jobname|jobnumber|failed|exit_status|ru_wallclock|cpu|maxvmem) +(\S+)/;

/** Records of `qacct -j`, one after the other. */
export function parseSgeAccounting(lines: readonly string[]): readonly AccountRow[] {
  const records: Map<string, string>[] = [];
  for (const line of lines) {
    const [, field, text] = FIELD.exec(line) ?? [];
    if (field === undefined || text === undefined) continue;
    if (field === 'jobname') records.push(new Map());
    records.at(-1)?.set(field, text);
  }
  return records.flatMap((record) => accountOf(record) ?? []);
}

function accountOf(record: ReadonlyMap<string, string>): AccountRow | null {
  const [tag, localId] = [record.get('jobname'), record.get('jobnumber')];
  const [failed, exitCode] = [Number(record.get('failed')), Number(record.get('exit_status'))];
  if (tag === undefined || localId === undefined || Number.isNaN(failed) || Number.isNaN(exitCode))
    return null;
  const cause = failed >= 1 && failed <= LAST_BEFORE_START ? 'launch-failure' : FAILURES.get(failed);
  return {
    localId,
    tag,
    phase: {
      is: 'ended',
      ...(failed === 0 && exitCode === 0 && { succeeded: true }),
      ...(cause && { cause }),
    },
    exitCode,
    usage: {
      elapsedSeconds: parseSeconds(record.get('ru_wallclock')),
      cpuSeconds: parseSeconds(record.get('cpu')),
      maxMemoryBytes: parseMemory(record.get('maxvmem')),
    },
  };
}

/** `0.099s`, or `0.099` of older versions. */
function parseSeconds(text: string | undefined): number | null {
  const seconds = Number(text?.replace(/s$/, ''));
  return Number.isNaN(seconds) ? null : seconds;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** `5.273MB`   `648.020KB`   `0.000B`   `5.3M` */
function parseMemory(text: string | undefined): number | null {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)B?$/.exec(text ?? '') ?? [];
  return number === undefined ? null : Math.round(Number(number) * (UNITS[unit] ?? 1));
}
