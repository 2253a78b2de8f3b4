import type { EndCause } from '../domain/end-cause.ts';
import { createBatchScheduler } from './batch.ts';
import type { Phase, QueueRow } from './batch-answer.ts';
import { customDirectives, customElseTyped, typedThenCustom } from './directive-lines.ts';
import { CANCEL, POLL, SUBMIT, SUSPEND } from './lsf-scripts.ts';
import type { Launch, Scheduler, SubmitOutcome } from './scheduler.ts';

/** Batch jobs of LSF 10. Not tested on a live system. */
export const lsf: Scheduler = createLsf('LSF', typedThenCustom(typedDirectives, ownDirectives));

/** LSF where only the queue's custom directives decide; without any, as {@link lsf}. */
export const customLsf: Scheduler = createLsf('CUSTOM_LSF', customElseTyped(typedDirectives, ownDirectives));

function createLsf(name: string, directives: (launch: Launch) => readonly string[]): Scheduler {
  return createBatchScheduler({
    name,
    probe: 'lsid | head -n 1',
    directives,
    scripts: { submit: SUBMIT, poll: POLL, cancel: CANCEL, suspend: SUSPEND },
    parseSubmitted,
    parseQueue: parseLsfQueue,
    parseAccounting: () => [],
    hasNoAccounting: () => true,
  });
}

/** `-W` counts minutes, at least one. */
function typedDirectives({ resources }: Launch): readonly string[] {
  const { queue, nodeCount, processorsPerNode, maxRunTimeSeconds } = resources;
  return [
    ...(queue === null ? [] : [`#BSUB -q ${queue}`]),
    `#BSUB -n ${nodeCount * processorsPerNode}`,
    `#BSUB -R span[ptile=${processorsPerNode}]`,
    ...(maxRunTimeSeconds === null ? [] : [`#BSUB -W ${Math.max(1, Math.ceil(maxRunTimeSeconds / 60))}`]),
  ];
}

/** Interactive jobs, waiting for the end, packs of jobs. */
const REFUSED = /^-(I[ps]?S?|K|pack|h|V|Zs)( |$)/;

function ownDirectives({ resources }: Launch): readonly string[] {
  return customDirectives(resources, { prefix: '#BSUB', refused: REFUSED });
}

const PERMANENT =
  /No such queue|User cannot use the queue|Bad (resource requirement|job|host)|Too many processors|Cannot exceed queue's|Illegal option|bad argument|not allowed|No such project|project .*not/i;
const CLEARS = /limit (is )?reached|Pending job threshold|Queue has been closed/i;

function parseSubmitted({
  exitCode,
  words,
}: {
  readonly exitCode: number;
  readonly words: string;
}): SubmitOutcome {
  // Job <4711> is submitted to queue <normal>.
  const localId = /(?:^|\t)Job <([1-9][0-9]*)> is submitted to /.exec(words)?.[1];
  const reason = words.replaceAll('\t', ' ').trim().slice(0, 500) || 'bsub gave no reason';
  if (exitCode === 0 && localId !== undefined) return { kind: 'accepted', localId, running: false };
  if (exitCode === 0) return { kind: 'unknown', reason };
  if (CLEARS.test(words)) return { kind: 'refused', reason, clears: true };
  return PERMANENT.test(words) ? { kind: 'refused', reason } : { kind: 'unknown', reason };
}

/** States of bjobs(1). ZOMBI and UNKWN say that the host does not answer: nothing is known. */
const STATES: Readonly<Record<string, Phase>> = {
  PEND: { is: 'queued' },
  PROV: { is: 'queued' },
  WAIT: { is: 'queued' },
  PSUSP: { is: 'queued' },
  RUN: { is: 'running' },
  USUSP: { is: 'paused' },
  SSUSP: { is: 'paused' },
  DONE: { is: 'ended', succeeded: true },
  EXIT: { is: 'ended' },
};

/** Words of `exit_reason`. */
const CAUSES: ReadonlyArray<readonly [string, EndCause]> = [
  ['TERM_RUNLIMIT', 'time-limit'],
  ['TERM_MEMLIMIT', 'out-of-memory'],
  ['TERM_SWAP', 'out-of-memory'],
  ['TERM_OWNER', 'cancelled'],
  ['TERM_ADMIN', 'cancelled'],
  ['TERM_FORCE', 'cancelled'],
  ['TERM_PREEMPT', 'preempted'],
  ['TERM_DEADLINE', 'deadline'],
  ['TERM_REQUEUE', 'requeued'],
];

/** Rows of bjobs, by tag: `4711^EXIT^tj-0123-007-1^140^TERM_RUNLIMIT: job killed after reaching LSF run time limit^-` */
export function parseLsfQueue(lines: readonly string[]): ReadonlyMap<string, readonly QueueRow[]> {
  const rows = new Map<string, QueueRow[]>();
  for (const line of lines) {
    const [localId, state, tag, exit = '', exitReason = '', ...pending] = line.split('^');
    if (localId === undefined || state === undefined || tag === undefined) continue;
    rows.set(tag, [
      ...(rows.get(tag) ?? []),
      {
        localId,
        phase: STATES[state] ?? null,
        exitCode: /^[0-9]+$/.test(exit) ? Number(exit) : null,
        restarted: false,
        reason: reasonOf(state, pending.join('^')),
        estimatedStart: null,
        endReason: CAUSES.find(([word]) => exitReason.startsWith(word))?.[1] ?? null,
      },
    ]);
  }
  return rows;
}

function reasonOf(state: string, pending: string): string | null {
  if (state === 'PSUSP') return 'JobHeldUser';
  return pending === '' || pending === '-' ? null : pending.slice(0, 200);
}
