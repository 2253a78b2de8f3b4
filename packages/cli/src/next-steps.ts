import { hasEnded } from '@arras/client';
import { type JobStatus, STATUS_LOOKS } from '@arras/contract';

/** The commands that a person may want next for a job, one a line, indented. */
export function renderNextSteps(
  program: string,
  { id, status }: { readonly id: string; readonly status: JobStatus },
): string {
  return commandsFor(status)
    .map((command) => `  ${program} jobs ${command} ${id}\n`)
    .join('');
}

function commandsFor(status: JobStatus): readonly string[] {
  if (!hasEnded(status)) return ['watch', 'logs -f', 'stop'];
  if (STATUS_LOOKS[status].class === 'ok') return ['outputs list', 'outputs download', 'history'];
  return ['logs --stderr', 'history', 'outputs list'];
}
