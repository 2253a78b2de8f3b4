import { ACTIVE_STATUSES, jobsAddress, type SystemLoad } from './system-health.ts';

/** What {@link LoadLinks} shows. */
export interface LoadLinksProps {
  readonly id: string;
  readonly load: SystemLoad;
}

/** The jobs on a system, with links to the lists of them. */
export function LoadLinks({ id, load: { running, queued, active } }: LoadLinksProps) {
  return (
    <>
      <a href={jobsAddress(id, ['RUNNING'])}>
        <span aria-hidden="true">▶</span> {running} running
      </a>{' '}
      ·{' '}
      <a href={jobsAddress(id, ['QUEUED'])}>
        <span aria-hidden="true">◷</span> {queued} queued
      </a>{' '}
      · <a href={jobsAddress(id, ACTIVE_STATUSES)}>{active} not ended</a>
    </>
  );
}
