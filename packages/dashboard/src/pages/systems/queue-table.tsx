import type { QueueView } from '@arras/contract';

/** What {@link QueueTable} shows. */
export interface QueueTableProps {
  readonly id: string;
  readonly queues: readonly QueueView[];
}

const LIMITS = [
  ['Nodes', ({ maxNodes }: QueueView) => limit(maxNodes)],
  ['Processors a node', ({ maxProcessorsPerNode }: QueueView) => limit(maxProcessorsPerNode)],
  ['Memory a node', ({ maxMemoryPerNode }: QueueView) => limit(maxMemoryPerNode, ' GB')],
  ['Run time', ({ maxRequestedTime }: QueueView) => maxRequestedTime],
  ['Jobs', ({ maxJobs }: QueueView) => limit(maxJobs)],
  ['Jobs of a user', ({ maxUserJobs }: QueueView) => limit(maxUserJobs)],
] as const;

/** The queues of a system with their limits, and their jobs. */
export function QueueTable({ id, queues }: QueueTableProps) {
  return (
    <div class="system-scroll" role="region" aria-label="Queues and their limits" tabIndex={0}>
      <table class="system-table">
        <thead>
          <tr>
            <th scope="col">Queue</th>
            {LIMITS.map(([title]) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {queues.map((queue) => (
            <tr key={queue.name}>
              <th scope="row">
                <a href={`/ui/jobs?q=${encodeURIComponent(`system:${id} queue:"${queue.name}"`)}`}>
                  <bdi>{queue.name}</bdi>
                </a>
                {queue.default && <small> default</small>}
              </th>
              {LIMITS.map(([title, text]) => (
                <td key={title}>{text(queue)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Numbers below zero, and the largest that there is, are no limits. */
function limit(value: number, unit = ''): string {
  return value < 0 || value >= 2_147_483_647 ? 'any' : `${value}${unit}`;
}
