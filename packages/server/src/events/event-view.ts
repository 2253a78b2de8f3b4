import type { JobEvent } from '@arras/contract';
import type { FedEvent } from '../database/feed.ts';
import { renderProgress } from './transfer-view.ts';
import type { ViewContext } from './view-context.ts';

/** An event as streams carry it. */
export function renderJobEvent({ formatTime }: Pick<ViewContext, 'formatTime'>, event: FedEvent): JobEvent {
  return {
    id: event.id,
    seq: event.seq,
    name: event.name,
    status: event.status,
    ...(event.description !== null && { description: event.description }),
    created: formatTime(event.created_at),
    createdBy: event.created_by,
    ...(event.transfer !== null && { progress: renderProgress({ formatTime }, event.transfer) }),
    ...(event.data !== null && { data: event.data }),
    job: {
      id: event.job_id,
      name: event.job_name,
      owner: event.owner,
      appId: event.app_id,
      executionSystem: event.execution_system,
      created: formatTime(event.job_created_at),
    },
  };
}
