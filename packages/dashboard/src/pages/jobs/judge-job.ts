import type { JobEvent } from '@arras/contract';
import type { Query } from './list-query.ts';

/** Whether a job belongs into a list; `maybe` where only the service can tell. */
export type Verdict = 'yes' | 'no' | 'maybe';

/** What an event tells of its job. */
export type JobFacts = JobEvent['job'] & Pick<JobEvent, 'status'>;

/**
 * Judges by what an event tells whether its job meets the conditions of a list. Conditions on anything else, and words
 * that only the database reads, leave it at `maybe`.
 */
export function judgeJob(conditions: Query, facts: JobFacts): Verdict {
  let verdict: Verdict = 'yes';
  for (const [parameter, value] of Object.entries(conditions)) {
    const met = judgeCondition(parameter, value, facts);
    if (met === 'no') return 'no';
    if (met === 'maybe') verdict = 'maybe';
  }
  return verdict;
}

/** `status.in` `name` */
const PARAMETER = /^(\w+)(?:\.(\w+))?$/;

function judgeCondition(parameter: string, value: string, facts: JobFacts): Verdict {
  const [, field = '', operator = 'eq'] = PARAMETER.exec(parameter) ?? [];
  if (field === 'created') return judgeTime(operator, value, facts.created);
  const known: Readonly<Record<string, string>> = {
    id: facts.id,
    name: facts.name,
    owner: facts.owner,
    appId: facts.appId,
    executionSystem: facts.executionSystem,
    status: facts.status,
  };
  const text = Object.hasOwn(known, field) ? known[field] : undefined;
  return text === undefined ? 'maybe' : judgeText(operator, value.toLowerCase(), text.toLowerCase());
}

function judgeText(operator: string, wanted: string, text: string): Verdict {
  switch (operator) {
    case 'eq':
      return yesIf(text === wanted);
    case 'neq':
      return yesIf(text !== wanted);
    case 'in':
      return yesIf(listOf(wanted).includes(text));
    case 'nin':
      return yesIf(!listOf(wanted).includes(text));
    case 'like':
      return yesIf(isLike(text, wanted));
    case 'nlike':
      return yesIf(!isLike(text, wanted));
    default:
      return 'maybe';
  }
}

function listOf(wanted: string): readonly string[] {
  return wanted.split(',').map((part) => part.trim());
}

/** `*` stands for any characters. Piece by piece and never back: no pattern is slow. */
function isLike(text: string, pattern: string): boolean {
  const [head = '', ...pieces] = pattern.split('*');
  const tail = pieces.pop();
  if (tail === undefined) return text === head;
  if (text.length < head.length + tail.length || !text.startsWith(head) || !text.endsWith(tail)) return false;
  let at = head.length;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - tail.length;
}

/** Times of filters are compiled to ISO texts; days and spans are left to the service. */
function judgeTime(operator: string, value: string, created: string): Verdict {
  const wanted = /T.*Z$/.test(value) ? Date.parse(value) : Number.NaN;
  const at = Date.parse(created);
  if (Number.isNaN(wanted)) return 'maybe';
  switch (operator) {
    case 'gt':
      return yesIf(at > wanted);
    case 'gte':
      return yesIf(at >= wanted);
    case 'lt':
      return yesIf(at < wanted);
    case 'lte':
      return yesIf(at <= wanted);
    default:
      return 'maybe';
  }
}

function yesIf(holds: boolean): Verdict {
  return holds ? 'yes' : 'no';
}
