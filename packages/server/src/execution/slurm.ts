import { createBatchScheduler } from './batch.ts';
import { customDirectives, customElseTyped, typedThenCustom } from './directive-lines.ts';
import type { Launch, Scheduler, SubmitOutcome } from './scheduler.ts';
import { parseSlurmAccounting, parseSlurmQueue } from './slurm-answers.ts';
import { judgeRefusal } from './slurm-refusals.ts';
import { CANCEL, POLL, SUBMIT, SUSPEND } from './slurm-scripts.ts';

/** Batch jobs of Slurm 20.11 and newer. */
export const slurm: Scheduler = createSlurm('SLURM', typedThenCustom(typedDirectives, ownDirectives));

/** Slurm where only the queue's custom directives decide; without any, as {@link slurm}. */
export const customSlurm: Scheduler = createSlurm(
  'CUSTOM_SLURM',
  customElseTyped(typedDirectives, ownDirectives),
);

function createSlurm(name: string, directives: (launch: Launch) => readonly string[]): Scheduler {
  return createBatchScheduler({
    name,
    probe: 'squeue -h -u "$(id -u)" -o %i >/dev/null && sbatch --version',
    directives,
    scripts: { submit: SUBMIT, poll: POLL, cancel: CANCEL, suspend: SUSPEND },
    parseSubmitted,
    parseQueue: parseSlurmQueue,
    parseAccounting: parseSlurmAccounting,
    // Slurm accounting storage is disabled
    hasNoAccounting: (words) => /accounting storage is disabled/i.test(words),
  });
}

/**
 * From the job's typed fields; a limit in minutes, because that is Slurm's grain. The original wrote `-n` with the
 * processors of one node, which is wrong as soon as there are two: here it is the number per node.
 */
function typedDirectives({ resources }: Launch): readonly string[] {
  const { queue, nodeCount, processorsPerNode, memoryPerNodeGb, maxRunTimeSeconds } = resources;
  return [
    ...(queue === null ? [] : [`#SBATCH --partition=${queue}`]),
    `#SBATCH --nodes=${nodeCount}`,
    `#SBATCH --ntasks-per-node=${processorsPerNode}`,
    ...(memoryPerNodeGb === null ? [] : [`#SBATCH --mem=${Math.ceil(memoryPerNodeGb * 1024)}M`]),
    ...(maxRunTimeSeconds === null ? [] : [`#SBATCH --time=${Math.ceil(maxRunTimeSeconds / 60)}`]),
  ];
}

/**
 * Directives that the command line cannot take back and that would make several jobs, make none, wait for its end, or
 * send it to a cluster where nobody looks for it.
 */
const REFUSED =
  /^(-[aWMQ]|--(array|wait|clusters?|quiet|test-only|wrap|uid|gid|get-user-env|container|parsable|help|usage|version))([ =\d:]|$)/;

function ownDirectives({ resources }: Launch): readonly string[] {
  return customDirectives(resources, { prefix: '#SBATCH', refused: REFUSED });
}

// 4711    4711;cluster
const ID_SHAPE = /^([1-9][0-9]*)(?:;\S+)?$/;

function parseSubmitted({
  exitCode,
  words,
}: {
  readonly exitCode: number;
  readonly words: string;
}): SubmitOutcome {
  if (exitCode !== 0) return judgeRefusal(words);
  const localId = words.split('\t').flatMap((line) => ID_SHAPE.exec(line)?.[1] ?? [])[0];
  return localId === undefined
    ? { kind: 'unknown', reason: `expected a job id of sbatch, got ${JSON.stringify(words.slice(0, 200))}` }
    : { kind: 'accepted', localId, running: false };
}
