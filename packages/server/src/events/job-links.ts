import type { JobId, JobView } from '@arras/contract';
import type { JobRow } from '../database/tables.ts';
import type { ViewContext } from './view-context.ts';

/** The address of a job. */
export function jobUrl({ publicUrl }: Pick<ViewContext, 'publicUrl'>, id: JobId): string {
  return `${publicUrl()}/jobs/v2/${id}`;
}

/** Where a program inside the job says that it is alive (spec: jobs 9). */
export function heartbeatUrl(context: Pick<ViewContext, 'publicUrl'>, id: JobId, token: string): string {
  return `${context.publicUrl()}/jobs/v2/trigger/job/${id}/token/${token}/status/HEARTBEAT`;
}

/** The links of spec/jobs.md 4.2; `archived`: the output lies on the archive system. */
export function jobLinks(
  context: Pick<ViewContext, 'publicUrl'>,
  job: JobRow,
  archived: boolean,
): JobView['_links'] {
  const base = context.publicUrl();
  const self = jobUrl(context, job.id);
  const part = encodeURIComponent;
  const archiveSystem = job.archive_system ?? job.execution_system;
  return {
    self: link(self),
    app: link(`${base}/apps/v2/${part(job.app_id)}`),
    executionSystem: link(`${base}/systems/v2/${part(job.execution_system)}`),
    // Without archiving the output stays on the execution system, and the guide's example says so.
    archiveSystem: link(`${base}/systems/v2/${part(job.archive ? archiveSystem : job.execution_system)}`),
    archiveData: link(archiveDataUrl(context, job, archived)),
    owner: link(`${base}/profiles/v2/${part(job.owner)}`),
    permissions: link(`${self}/pems`),
    history: link(`${self}/history`),
    metadata: link(`${base}/meta/v2/data/?q=${part(JSON.stringify({ associationIds: job.id }))}`),
    notifications: link(`${base}/notifications/v2/?associatedUuid=${job.id}`),
  };
}

function archiveDataUrl(context: Pick<ViewContext, 'publicUrl'>, job: JobRow, archived: boolean): string {
  if (!archived || job.archive_system === null || job.archive_path === null) {
    return `${jobUrl(context, job.id)}/outputs/listings`;
  }
  // An absolute path keeps its slash, so two follow each other (spec/systems-apps-files.md section 3).
  const path = job.archive_path.split('/').map(encodeURIComponent).join('/');
  return `${context.publicUrl()}/files/v2/listings/system/${encodeURIComponent(job.archive_system)}/${path}`;
}

function link(href: string): { href: string } {
  return { href };
}
