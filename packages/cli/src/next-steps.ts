import { hasEnded } from '@arras/client';
import { type JobStatus, type JobView, jobPage, STATUS_LOOKS } from '@arras/contract';

/** What a person may want next for a job: its page, and commands. One a line, indented. */
export function renderNextSteps(program: string, job: Pick<JobView, 'id' | 'status' | '_links'>): string {
  const commands = commandsFor(job.status).map((command) => `${program} jobs ${command} ${job.id}`);
  return [jobPage(job), ...commands].map((line) => `  ${line}\n`).join('');
}

function commandsFor(status: JobStatus): readonly string[] {
  if (!hasEnded(status)) return ['watch', 'logs -f', 'stop'];
  if (STATUS_LOOKS[status].class === 'ok') return ['outputs list', 'outputs download', 'history'];
  return ['logs --stderr', 'history', 'outputs list'];
}
