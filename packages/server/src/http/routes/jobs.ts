import { ApiError, describeValue, findOrderField } from '@arras/contract';
import type { Handler, HandlersOf } from '../handler.ts';
import { answerPoll } from '../polling/answer-poll.ts';
import { readPresentation } from '../send-reply.ts';
import { actOnJob, cancelJob, deleteJob } from './act-on-job.ts';
import { countJobs } from './count-jobs.ts';
import { hideJob, unhideJob } from './hide-job.ts';
import { JOB_CALLBACK_HANDLERS } from './job-callbacks.ts';
import { downloadJobOutput, listJobOutputs } from './job-outputs.ts';
import { JOB_PERMISSION_HANDLERS } from './job-permissions.ts';
import { showJobStatuses } from './job-statuses.ts';
import { pollJobList } from './poll-job-list.ts';
import { resubmitJob } from './resubmit-job.ts';
import { SAVED_FILTER_HANDLERS } from './saved-filters.ts';
import { searchJobs } from './search-jobs.ts';
import { submitJob } from './submit-job.ts';

const showJob: Handler<'showJob'> = (request) =>
  answerPoll(request, {
    view: 'job',
    id: request.params.id,
    presentation: readPresentation(request.raw.request),
  });

const showJobStatus: Handler<'showJobStatus'> = (request) =>
  answerPoll(request, {
    view: 'status',
    id: request.params.id,
    presentation: readPresentation(request.raw.request),
  });

/** Entries have one order, that in which things happened; both names of it are accepted. */
const listJobHistory: Handler<'listJobHistory'> = async (request) => {
  const { query, params, raw } = request;
  refuseOrderField(query.orderBy, ['id', 'created']);
  const { limit, offset, since = 0 } = query;
  return answerPoll(request, {
    view: 'history',
    id: params.id,
    presentation: readPresentation(raw.request),
    page: { since, limit, offset, order: query.order === 'DESC' ? 'desc' : 'asc' },
  });
};

function refuseOrderField(asked: string | undefined, fields: readonly string[]): void {
  if (asked === undefined || findOrderField(asked, fields) !== null) return;
  const message = `expected one of ${fields.join(', ')}, got ${describeValue(asked)}`;
  throw new ApiError('request.bad-query', { problems: [{ field: 'orderBy', message }] });
}

/** The handlers of every operation on jobs. */
export const JOB_HANDLERS: HandlersOf<'Jobs'> = {
  listJobs: pollJobList,
  searchJobs,
  countJobs,
  submitJob,
  showJob,
  actOnJob,
  cancelJob,
  resubmitJob,
  hideJob,
  unhideJob,
  deleteJob,
  showJobStatus,
  showJobStatuses,
  listJobHistory,
  listJobOutputs,
  downloadJobOutput,
  ...JOB_PERMISSION_HANDLERS,
  ...SAVED_FILTER_HANDLERS,
  ...JOB_CALLBACK_HANDLERS,
};
