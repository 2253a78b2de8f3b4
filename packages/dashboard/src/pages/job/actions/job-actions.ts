import type { JobView } from '@arras/contract';
import { hasEnded } from '../job-words.ts';

/** What can be asked of a job on its page. */
export const ACTIONS = ['stop', 'kill', 'pause', 'resume', 'resubmit', 'hide', 'unhide'] as const;

/** Something that can be asked of a job. */
export type Action = (typeof ACTIONS)[number];

/** What an action is called and what it will do. */
export interface ActionWords {
  readonly label: string;
  /** What will happen, to be read before it does; null for what needs no question. */
  readonly question: string | null;
  /** What has happened once the service took it. A stop is only asked for: the end is still to be proven. */
  readonly done: string;
}

/** The words of every action. */
export const ACTION_WORDS = {
  stop: {
    label: 'Stop…',
    question:
      'The program is asked to end, and ended after a grace period. The job then is STOPPED; what it wrote stays.',
    done: 'Stop requested. The job keeps its status until its end is proven.',
  },
  kill: {
    label: 'Kill…',
    question:
      'The program is ended at once and cannot tidy up after itself. The job then is KILLED; what it wrote stays.',
    done: 'Kill requested. The job keeps its status until its end is proven.',
  },
  pause: { label: 'Pause', question: null, done: 'Pause requested.' },
  resume: { label: 'Resume', question: null, done: 'Resume requested.' },
  resubmit: {
    label: 'Resubmit as it is…',
    question:
      'A new job with the same app, inputs, parameters and resources is submitted, with the same subscriptions.',
    done: 'Submitted again.',
  },
  hide: {
    label: 'Hide…',
    question: 'The job goes on, but no list shows it any more. This page stays, and so does Unhide on it.',
    done: 'Hidden. Lists do not show it any more.',
  },
  unhide: { label: 'Unhide', question: null, done: 'Lists show it again.' },
} as const satisfies Record<Action, ActionWords>;

/** Statuses in which a program can be held back, if its scheduler can. */
const PAUSABLE: ReadonlySet<string> = new Set(['QUEUED', 'RUNNING']);

/** The actions that make sense for a job as it is now, in their order; the service decides whether they are allowed. */
export function possibleActions(
  job: Pick<JobView, 'status' | 'visible' | 'stopRequested' | 'owner'>,
  viewer: string,
): readonly Action[] {
  const isOver = hasEnded(job.status);
  const isPossible = {
    stop: !isOver && !job.stopRequested,
    // Whoever has asked in vain for a stop may insist.
    kill: !isOver,
    pause: PAUSABLE.has(job.status) && !job.stopRequested,
    resume: job.status === 'PAUSED' && !job.stopRequested,
    resubmit: job.owner === viewer,
    hide: job.visible,
    unhide: !job.visible,
  } satisfies Record<Action, boolean>;
  return ACTIONS.filter((action) => isPossible[action]);
}
