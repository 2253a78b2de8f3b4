import { createBatchScheduler } from './batch.ts';
import { clock, customDirectives, customElseTyped, typedThenCustom } from './directive-lines.ts';
import type { Launch, Scheduler, SubmitOutcome } from './scheduler.ts';
import { parseSgeAccounting, parseSgeQueue } from './sge-answers.ts';
import { CANCEL, POLL, SUBMIT, SUSPEND } from './sge-scripts.ts';

/** Batch jobs of Grid Engine 8 (Son of, and Debian's). */
export const sge: Scheduler = createSge('SGE', typedThenCustom(typedDirectives, ownDirectives));

/** Grid Engine where only the queue's custom directives decide; without any, as {@link sge}. */
export const customSge: Scheduler = createSge(
  'CUSTOM_GRIDENGINE',
  customElseTyped(typedDirectives, ownDirectives),
);

function createSge(name: string, directives: (launch: Launch) => readonly string[]): Scheduler {
  return createBatchScheduler({
    name,
    probe: 'qstat -u "$(id -un)" >/dev/null && qstat -help | head -n 1',
    directives,
    scripts: { submit: SUBMIT, poll: POLL, cancel: CANCEL, suspend: SUSPEND },
    parseSubmitted,
    parseQueue: parseSgeQueue,
    parseAccounting: parseSgeAccounting,
    hasNoAccounting: () => true,
  });
}

/** Processors and memory are asked for with parallel environments and complexes that each site names in its own way. */
function typedDirectives({ resources }: Launch): readonly string[] {
  const { queue, maxRunTimeSeconds } = resources;
  return [
    ...(queue === null ? [] : [`#$ -q ${queue}`]),
    ...(maxRunTimeSeconds === null ? [] : [`#$ -l h_rt=${clock(maxRunTimeSeconds)}`]),
  ];
}

/** Arrays, waiting for the end, programs instead of the wrapper, checks without a job, other files of options. */
const REFUSED = /^-(t|tc|sync|b|verify|w [vp]|now|clear|@|shell|ckpt|help)( |$)/;

function ownDirectives({ resources }: Launch): readonly string[] {
  return customDirectives(resources, { prefix: '#$', refused: REFUSED });
}

/** Answers that mean no. */
const PERMANENT = [
  /Unable to run job: (error: no suitable queues|Job was rejected because job requests unknown queue|unknown resource)/,
  /Job was rejected because job requests unknown/,
  /unknown (resource|queue|option)/i,
  /(has no permission|access denied|does not exist|not allowed)/i,
  /ERROR! (two files|invalid option|.*argument)/i,
];
const CLEARS = /(max_u_jobs|max_jobs|would exceed|limit .*exceeded|denied by JSV)/i;

function parseSubmitted({
  exitCode,
  words,
}: {
  readonly exitCode: number;
  readonly words: string;
}): SubmitOutcome {
  const reason = words.replaceAll('\t', ' ').trim().slice(0, 500) || 'qsub gave no reason';
  if (exitCode === 0) {
    const localId = words.split('\t').find((line) => /^[1-9][0-9]*$/.test(line));
    return localId === undefined
      ? { kind: 'unknown', reason }
      : { kind: 'accepted', localId, running: false };
  }
  if (CLEARS.test(words)) return { kind: 'refused', reason, clears: true };
  return PERMANENT.some((pattern) => pattern.test(words))
    ? { kind: 'refused', reason }
    : { kind: 'unknown', reason };
}
