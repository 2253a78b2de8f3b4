import type { JobView } from './jobs.ts';

/** The address of a job's page in the dashboard of the service that its links name. */
export function jobPage({
  id,
  _links,
}: {
  readonly id: string;
  readonly _links: Pick<JobView['_links'], 'self'>;
}): string {
  return _links.self.href.replace(/\/jobs\/v2\/[^/]*$/, `/ui/jobs/${id}`);
}
