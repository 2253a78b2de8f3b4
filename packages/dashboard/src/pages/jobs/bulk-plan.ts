import { type JobSummary, STATUS_LOOKS } from '@arras/contract';

/** What can be done to many jobs at once. */
export const BULK_ACTIONS = ['stop', 'kill', 'resubmit', 'hide'] as const;

/** Something that is done to many jobs at once. */
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** What an action is called, and what it will do. */
export const BULK_WORDS = {
  stop: {
    label: 'Stop',
    effect: 'Each program is asked to end, and ended after a grace period. What it wrote stays.',
  },
  kill: {
    label: 'Kill',
    effect: 'Each program is ended at once and cannot tidy up after itself. What it wrote stays.',
  },
  resubmit: {
    label: 'Resubmit',
    effect: 'For each a new job with the same app, inputs, parameters and resources is submitted.',
  },
  hide: {
    label: 'Hide',
    effect: 'The jobs go on, but no list shows them any more. Their pages stay, and Unhide is there.',
  },
} as const satisfies Record<BulkAction, { readonly label: string; readonly effect: string }>;

/** What an action needs to know of a job. */
export type BulkJob = Pick<JobSummary, 'id' | 'name' | 'owner' | 'status' | 'stopRequested'>;

/** What an action would do. */
export interface BulkPlan {
  readonly willAct: readonly BulkJob[];
  /** Jobs that are left alone, each with the reason. */
  readonly skipped: readonly { readonly job: BulkJob; readonly reason: string }[];
}

/** What an action would do to these jobs as they are now. The service decides again when it is asked. */
export function planBulk(action: BulkAction, jobs: readonly BulkJob[], viewer: string): BulkPlan {
  const judged = jobs.map((job) => ({ job, reason: findReason(action, job, viewer) }));
  return {
    willAct: judged.flatMap(({ job, reason }) => (reason === null ? [job] : [])),
    skipped: judged.flatMap(({ job, reason }) => (reason === null ? [] : [{ job, reason }])),
  };
}

/** Why a job is left alone; null when it is not. */
function findReason(action: BulkAction, job: BulkJob, viewer: string): string | null {
  switch (action) {
    case 'stop':
      if (job.stopRequested) return 'a stop is requested already';
      return hasEnded(job) ? 'has ended already' : null;
    case 'kill':
      return hasEnded(job) ? 'has ended already' : null;
    case 'resubmit':
      return job.owner === viewer ? null : `only ${job.owner}, its owner, can submit it again`;
    case 'hide':
      return null;
  }
}

function hasEnded({ status }: Pick<BulkJob, 'status'>): boolean {
  return STATUS_LOOKS[status].phase === 'done';
}

/** What came of the action for one job. */
export interface BulkOutcome {
  readonly jobId: string;
  readonly isDone: boolean;
  /** `stop requested`, or why it was refused. */
  readonly text: string;
  /** The new job of a resubmission. */
  readonly newJobId?: string;
}

/** What an action has come to, from the job that the service answered with. Nothing is claimed that is not true yet. */
export function readOutcome(
  action: BulkAction,
  jobId: string,
  answered: Pick<JobSummary, 'id' | 'status' | 'stopRequested'>,
): BulkOutcome {
  switch (action) {
    case 'stop':
    case 'kill':
      return {
        jobId,
        isDone: true,
        text: hasEnded(answered) ? `is ${answered.status}` : `${action} requested`,
      };
    case 'resubmit':
      return { jobId, isDone: true, text: 'submitted again as', newJobId: answered.id };
    case 'hide':
      return { jobId, isDone: true, text: 'hidden' };
  }
}

/** `118 of 120 done, 2 refused` */
export function renderProgress(outcomes: readonly BulkOutcome[], total: number): string {
  const refused = outcomes.filter(({ isDone }) => !isDone).length;
  const done = outcomes.length - refused;
  return `${done} of ${total} done${refused === 0 ? '' : `, ${refused} refused`}`;
}
