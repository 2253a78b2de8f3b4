import { ApiError, describeValue, findOrderField } from '@arras/contract';
import { listHistory } from '../../database/history.ts';
import { findSurroundings } from '../../events/job-surroundings.ts';
import { renderJob, renderJobStatus } from '../../events/job-view.ts';
import { getVisibleJob } from '../get-visible-job.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer } from '../reply.ts';
import { renderHistoryEntry } from '../views/history-view.ts';
import { actOnJob, cancelJob, deleteJob } from './act-on-job.ts';
import { JOB_CALLBACK_HANDLERS } from './job-callbacks.ts';
import { downloadJobOutput, listJobOutputs } from './job-outputs.ts';
import { JOB_PERMISSION_HANDLERS } from './job-permissions.ts';
import { listJobs } from './list-jobs.ts';
import { submitJob } from './submit-job.ts';

const showJob: Handler<'showJob'> = async ({ context, viewer, params }) => {
  const job = await getVisibleJob(context.db, viewer, params.id);
  const surroundingsOf = await findSurroundings(context.db, [job]);
  return answer(renderJob(context, job, surroundingsOf(job)));
};

const showJobStatus: Handler<'showJobStatus'> = async ({ context, viewer, params }) => {
  const job = await getVisibleJob(context.db, viewer, params.id);
  const surroundingsOf = await findSurroundings(context.db, [job]);
  return answer(renderJobStatus(context, job, surroundingsOf(job)));
};

/** Entries have one order, that in which things happened; both names of it are accepted. */
const listJobHistory: Handler<'listJobHistory'> = async ({ context, viewer, params, query }) => {
  const job = await getVisibleJob(context.db, viewer, params.id);
  readOrderField(query.orderBy, ['id', 'created'], 'id');
  const rows = await listHistory(context.db, job.id, {
    limit: query.limit,
    offset: query.offset,
    order: query.order === 'DESC' ? 'desc' : 'asc',
  });
  return answer(rows.map((row) => renderHistoryEntry(context, row)));
};

function readOrderField<const Field extends string>(
  asked: string | undefined,
  fields: readonly Field[],
  fallback: NoInfer<Field>,
): Field {
  if (asked === undefined) return fallback;
  const field = findOrderField(asked, fields);
  if (field !== null) return field;
  const message = `expected one of ${fields.join(', ')}, got ${describeValue(asked)}`;
  throw new ApiError('request.bad-query', { problems: [{ field: 'orderBy', message }] });
}

/** The handlers of every operation on jobs. */
export const JOB_HANDLERS: HandlersOf<'Jobs'> = {
  listJobs,
  submitJob,
  showJob,
  actOnJob,
  cancelJob,
  deleteJob,
  showJobStatus,
  listJobHistory,
  listJobOutputs,
  downloadJobOutput,
  ...JOB_PERMISSION_HANDLERS,
  ...JOB_CALLBACK_HANDLERS,
};
