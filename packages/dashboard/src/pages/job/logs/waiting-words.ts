import { type JobStatus, STATUS_LOOKS } from '@arras/contract';

/** When a job that has not written anything is going to, by what it does now. */
export function waitingWords(status: JobStatus): string {
  const { phase } = STATUS_LOOKS[status];
  if (phase === 'Run')
    return 'The program runs and has not written anything so far. What it writes appears here.';
  if (phase === 'Queue') return 'The job waits in its queue. It writes its first output after it starts.';
  if (phase === null) return 'The job is paused. It writes its first output after it starts.';
  if (phase === 'Archive') return 'The program has ended; its output is being archived.';
  if (phase === 'done') return 'The job has ended without writing anything.';
  return 'The job has not started. It writes its first output after it starts.';
}
