import type { Phase, QueueRow } from './batch-answer.ts';

/** State letters (qstat(1B) of PBS Pro and of TORQUE; spec of the original's table). */
const STATES: Readonly<Record<string, Phase>> = {
  ...all({ is: 'queued' }, 'TQWHM'),
  ...all({ is: 'running' }, 'BERX'),
  ...all({ is: 'paused' }, 'SU'),
  ...all({ is: 'ended' }, 'FC'),
};

function all(phase: Phase, letters: string): Readonly<Record<string, Phase>> {
  return Object.fromEntries(letters.split('').map((letter) => [letter, phase]));
}

/**
 * Jobs of `qstat -f`: a line with the id, then `    name = value` lines, long ones folded with a tab.
 *
 *     Job Id: 4711.server
 *         job_state = R
 *         Variable_List = PBS_O_HOME=/home/jdoe,PBS_O_LOGNAME=jdoe,
 *     	ARRAS_TRY=tj-0123-007-1
 */
export function parsePbsQueue(lines: readonly string[]): ReadonlyMap<string, readonly QueueRow[]> {
  const rows = new Map<string, QueueRow[]>();
  for (const job of lines
    .join('\n')
    .replaceAll('\n\t', '')
    .split(/^Job Id: /m)
    .slice(1)) {
    const [id = '', ...attributes] = job.split('\n');
    const values = new Map(attributes.flatMap(parseAttribute));
    const tag = /(?:^|,)ARRAS_TRY=([0-9A-Za-z-]+)(?:,|$)/.exec(values.get('Variable_List') ?? '')?.[1];
    if (tag !== undefined) rows.set(tag, [...(rows.get(tag) ?? []), rowOf(id.trim(), values)]);
  }
  return rows;
}

function parseAttribute(line: string): (readonly [string, string])[] {
  const [, name, value] = /^ +([A-Za-z_.]+) = (.*)$/.exec(line) ?? [];
  return name === undefined || value === undefined ? [] : [[name, value]];
}

function rowOf(localId: string, values: ReadonlyMap<string, string>): QueueRow {
  const status = values.get('Exit_status') ?? values.get('exit_status');
  const exitCode = status === undefined ? null : Number(status);
  const phase = STATES[values.get('job_state') ?? ''] ?? null;
  const succeeded = phase?.is === 'ended' && exitCode === 0;
  return {
    localId,
    phase: succeeded ? { is: 'ended', succeeded } : phase,
    // Below 0 the server's own codes, from 256 on signals (PBS Pro reference guide, "Job exit status").
    exitCode: exitCode !== null && exitCode >= 0 && exitCode < 256 ? exitCode : null,
    restarted: Number(values.get('run_count') ?? 0) > 1,
    reason: values.get('comment') ?? null,
    estimatedStart: null,
    endReason: null,
  };
}
