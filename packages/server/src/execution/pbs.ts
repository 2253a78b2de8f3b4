import { createBatchScheduler } from './batch.ts';
import { clock, customDirectives, customElseTyped, typedThenCustom } from './directive-lines.ts';
import { parsePbsQueue } from './pbs-answers.ts';
import { renderPbsCancel, renderPbsPoll, renderPbsSuspend, SUBMIT } from './pbs-scripts.ts';
import type { Launch, Scheduler, SubmitOutcome } from './scheduler.ts';

/** Batch jobs of PBS Pro and OpenPBS. Not tested on a live system. */
export const pbs: Scheduler = createPbs('PBS', '-x', typedThenCustom(typedDirectives, ownDirectives));
/** PBS where only the queue's custom directives decide; without any, as {@link pbs}. */
export const customPbs: Scheduler = createPbs(
  'CUSTOM_PBS',
  '-x',
  customElseTyped(typedDirectives, ownDirectives),
);
/** Batch jobs of TORQUE. Not tested on a live system. */
export const torque: Scheduler = createPbs('TORQUE', '', typedThenCustom(typedDirectives, ownDirectives));
/** TORQUE where only the queue's custom directives decide; without any, as {@link torque}. */
export const customTorque: Scheduler = createPbs(
  'CUSTOM_TORQUE',
  '',
  customElseTyped(typedDirectives, ownDirectives),
);
/** Moab in front of TORQUE, by TORQUE's own commands. Not tested on a live system. */
export const moab: Scheduler = createPbs('MOAB', '', typedThenCustom(typedDirectives, ownDirectives));
/** Moab where only the queue's custom directives decide; without any, as {@link moab}. */
export const customMoab: Scheduler = createPbs(
  'CUSTOM_MOAB',
  '',
  customElseTyped(typedDirectives, ownDirectives),
);

function createPbs(
  name: string,
  history: string,
  directives: (launch: Launch) => readonly string[],
): Scheduler {
  return createBatchScheduler({
    name,
    probe: 'qstat -B >/dev/null && { qstat --version 2>&1 | head -n 1; }',
    directives,
    scripts: {
      submit: SUBMIT,
      poll: renderPbsPoll(history),
      cancel: renderPbsCancel(history),
      suspend: renderPbsSuspend(history),
    },
    parseSubmitted,
    parseQueue: parsePbsQueue,
    parseAccounting: () => [],
    hasNoAccounting: () => true,
  });
}

/** `cput` bounds the processor time of all processes together: with several of them the wall time alone is meant. */
function typedDirectives({ resources }: Launch): readonly string[] {
  const { queue, nodeCount, processorsPerNode, maxRunTimeSeconds } = resources;
  return [
    ...(queue === null ? [] : [`#PBS -q ${queue}`]),
    `#PBS -l nodes=${nodeCount}:ppn=${processorsPerNode}`,
    ...(maxRunTimeSeconds === null ? [] : [`#PBS -l walltime=${clock(maxRunTimeSeconds)}`]),
  ];
}

/** Arrays, interactive jobs, waiting for the end, other variables than ours. */
const REFUSED = /^-([JtIXVz]|W ?(block|interactive)|v|help|version)/;

function ownDirectives({ resources }: Launch): readonly string[] {
  return customDirectives(resources, { prefix: '#PBS', refused: REFUSED });
}

const PERMANENT =
  /Unknown queue|Unauthorized Request|Illegal attribute or resource value|Job (rejected by all possible destinations|violates queue and\/or server resource limits)|Invalid request|invalid option|Unknown resource|Access to queue is denied|Bad (UID|GID)/i;
const CLEARS = /Maximum number of jobs|would exceed (queue|complex|server)|Queue is not enabled/i;

// 4711.server.example.org    4711
const ID_SHAPE = /^[1-9][0-9]*(?:\.[A-Za-z0-9.-]+)?$/;

function parseSubmitted({
  exitCode,
  words,
}: {
  readonly exitCode: number;
  readonly words: string;
}): SubmitOutcome {
  const reason = words.replaceAll('\t', ' ').trim().slice(0, 500) || 'qsub gave no reason';
  const localId = words.split('\t').find((line) => ID_SHAPE.test(line));
  if (exitCode === 0 && localId !== undefined) return { kind: 'accepted', localId, running: false };
  if (exitCode === 0) return { kind: 'unknown', reason };
  if (CLEARS.test(words)) return { kind: 'refused', reason, clears: true };
  return PERMANENT.test(words) ? { kind: 'refused', reason } : { kind: 'unknown', reason };
}
