import type { JobView } from '@arras/contract';
import { call } from '../../api/call.ts';
import { tryCall } from '../../api/try-call.ts';
import { navigate } from '../../routing/place.ts';
import { say } from '../../ui/toasts.tsx';

/** Shows the job that its owner submitted before this one, or after it, in the same tab of its page. */
export async function showNeighbour(
  { owner, created }: Pick<JobView, 'owner' | 'created'>,
  which: 'before' | 'after',
): Promise<void> {
  const side =
    which === 'before'
      ? ({ 'created.lt': created, order: 'DESC' } as const)
      : ({ 'created.gt': created, order: 'ASC' } as const);
  const found = await tryCall(() =>
    call('listJobs', { query: { owner, orderBy: 'created', limit: 1, ...side } }),
  );
  if (found === null) return;
  const [job] = found;
  if (job === undefined)
    return say(
      which === 'before' ? 'No job was submitted before this one.' : 'No job was submitted after this one.',
    );
  const tab = new URLSearchParams(location.search).get('tab');
  navigate(`/ui/jobs/${job.id}${tab === null ? '' : `?tab=${tab}`}`);
}
