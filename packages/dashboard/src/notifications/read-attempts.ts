import type { AttemptView } from '@arras/contract';
import { call } from '../api/call.ts';

/** What lists of attempts show; what was sent and answered in full is read when somebody opens one. */
const FIELDS = [
  'id',
  'notificationId',
  'url',
  'event',
  'eventId',
  'number',
  'cause',
  'outcome',
  'errorClass',
  'startTime',
  'endTime',
] as const satisfies readonly (keyof AttemptView)[];

const ANSWER_FIELDS = ['code', 'message'] as const satisfies readonly (keyof AttemptView['response'])[];

/** An attempt as lists show it. */
export type AttemptRow = Pick<AttemptView, (typeof FIELDS)[number]> & {
  readonly response: Pick<AttemptView['response'], (typeof ANSWER_FIELDS)[number]>;
};

const FILTER = [...FIELDS, ...ANSWER_FIELDS.map((field) => `response.${field}`)].join(',');

/** The newest attempts of a subscription, the successful ones too, newest first. @throws ApiFailure */
export async function readAttempts(
  id: string,
  limit: number,
  signal?: AbortSignal,
): Promise<readonly AttemptRow[]> {
  const query = { limit, status: 'all', filter: FILTER };
  return call('listAttempts', { params: { id }, query, signal });
}
