import type { JobView } from '@arras/contract';
import { call } from '../../../api/call.ts';
import { tryCall } from '../../../api/try-call.ts';
import { navigate } from '../../../routing/place.ts';
import { putJobs } from '../../../store/jobs.ts';
import { say } from '../../../ui/toasts.tsx';
import { ACTION_WORDS, type Action } from './job-actions.ts';

/** Asks something of a job, shows what the service says of it now, and says what was done. */
export async function runAction({ id }: Pick<JobView, 'id'>, action: Action): Promise<void> {
  const job = await tryCall(() => call('actOnJob', { params: { id }, body: { action } }));
  if (job === null) return;
  putJobs([job]);
  say(ACTION_WORDS[action].done);
  if (action === 'resubmit') navigate(`/ui/jobs/${job.id}`);
}
