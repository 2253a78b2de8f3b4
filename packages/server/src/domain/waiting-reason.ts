import { COUNTED_LIMITS, type LimitWords, WAITING_WORDS, type WaitingWords } from './waiting-words.ts';

/**
 * Why a job waits in a queue, in words: a scheduler's reason token becomes a category, one sentence and one action.
 */

/** What kind of wait it is: what the reader wants to know first. */
export type WaitingCategory =
  /** Waits for others to end: nothing to do. */
  | 'resources'
  | 'priority'
  /** A limit that is reached now and is free again when something ends. */
  | 'limit-that-clears'
  /** It asks for more than it may ever have: it can never start as it is. */
  | 'never-starts'
  /** Held, waiting for another job, or for a point in time. */
  | 'held'
  /** Nodes, partitions or the scheduler itself are in trouble. */
  | 'node-trouble'
  /** The scheduler has not said. */
  | 'unknown';

/** A wait explained. */
export interface WaitingExplanation {
  readonly category: WaitingCategory;
  readonly sentence: string;
  /** What the owner can do; null: wait. */
  readonly action: string | null;
}

/** Explains the reason token of a waiting job. A token that nobody knows is shown as it is. */
export function explainWaiting(reason: string | null): WaitingExplanation {
  if (reason === null) return WAITING_WORDS.None;
  // ReqNodeNotAvail, UnavailableNodes:n[1-4]   and the long form   Nodes required for job are DOWN, DRAINED or …
  const token = /^[A-Za-z_]+/.exec(reason)?.[0] ?? '';
  if (reason.startsWith('Nodes required for job are DOWN')) return WAITING_WORDS.NodeDown;
  return findWords(token) ?? explainLimit(token) ?? explainLetters(reason) ?? unknown(reason);
}

function findWords(token: string): WaitingWords | null {
  return Object.hasOwn(WAITING_WORDS, token) ? WAITING_WORDS[token as keyof typeof WAITING_WORDS] : null;
}

/** Grid Engine shows letters: `qw` waits, `hqw` is held, `Eqw` met an error at its start; R has been started before. */
function explainLetters(reason: string): WaitingExplanation | null {
  const [, error, hold] = /^(E?)(h?)R?q?w$/.exec(reason) ?? [];
  if (error === undefined) return null;
  if (error !== '') return WAITING_WORDS.StartError;
  return hold === '' ? WAITING_WORDS.Waiting : WAITING_WORDS.JobHeldUser;
}

function unknown(reason: string): WaitingExplanation {
  return { category: 'unknown', sentence: `The scheduler says: ${reason}.`, action: null };
}

/** AssocGrpCPURunMinutesLimit   QOSMaxGRESPerUser   MaxMemoryPerAccount   QOSMinCpuNotSatisfied */
const LIMIT_TOKEN =
  /^(Assoc|QOS|)(Grp|Max|Min)(Cpu|CPU|Mem|Memory|Node|GRES|License|BB|Billing|Energy|Wall|WallDuration|Jobs|SubmitJobs|SubmitJob|Unknown)(RunMinutes|Minutes|)(PerJob|PerNode|PerUser|PerAccount|NotSatisfied|)(Limit|)$/;

/** The tokens of limits are put together from parts, and so are their words. */
function explainLimit(token: string): WaitingExplanation | null {
  const [, scope, bound, counted, minutes, per] = LIMIT_TOKEN.exec(token) ?? [];
  if (counted === undefined) return null;
  const words = COUNTED_LIMITS[counted as keyof typeof COUNTED_LIMITS];
  const holder = HOLDERS[(scope ?? '') as keyof typeof HOLDERS];
  const what = `${words.what}${minutes === '' ? '' : ' times minutes'}`;
  if (bound === 'Min') return tooLittle(what, holder, words);
  // `Max…` without a `Per…` bounds what one user runs at a time; only `PerJob` and `PerNode` bound the request itself.
  const isRequest = bound === 'Max' && (per === 'PerJob' || per === 'PerNode' || isWall(counted));
  if (isRequest) return tooMuch(what, per ?? '', holder, words);
  if (bound === 'Grp' && minutes === 'Minutes') return usedUp(what, holder);
  return reached(what, { bound, per, holder }, words);
}

/** A budget counts what has been used since it was granted: no end of a job gives anything back. */
function usedUp(what: string, holder: string): WaitingExplanation {
  return {
    category: 'never-starts',
    sentence: `The budget of ${what} of ${holder} is used up; this starts only when more is granted.`,
    action: 'Choose another account or quality of service in the custom directives, or ask for a new budget.',
  };
}

function isWall(counted: string): boolean {
  return counted === 'WallDuration';
}

const HOLDERS = {
  Assoc: 'your account',
  QOS: 'the quality of service',
  '': 'the quality of service',
} as const;

function tooLittle(what: string, holder: string, words: LimitWords): WaitingExplanation {
  return {
    category: 'never-starts',
    sentence: `This can never start: it asks for less ${what} than ${holder} requires at least.`,
    action: `Cancel it and submit again with more ${words.field}.`,
  };
}

function tooMuch(what: string, per: string, holder: string, words: LimitWords): WaitingExplanation {
  const where = per === 'PerNode' ? ' on one node' : '';
  return {
    category: 'never-starts',
    sentence: `This can never start: it asks for more ${what}${where} than ${holder} allows one job.`,
    action: `Cancel it and submit again with less ${words.field}.`,
  };
}

function reached(
  what: string,
  limit: { readonly bound: string | undefined; readonly per: string | undefined; readonly holder: string },
  words: LimitWords,
): WaitingExplanation {
  const whose =
    limit.bound === 'Grp'
      ? 'The jobs of everyone together'
      : limit.per === 'PerAccount'
        ? 'The jobs of the account'
        : 'Your jobs';
  return {
    category: 'limit-that-clears',
    sentence: `${whose} already hold the most ${what} that ${limit.holder} allows; it starts when some of them end.`,
    action: words.field === 'jobs' ? null : `Less ${words.field} may start earlier.`,
  };
}
