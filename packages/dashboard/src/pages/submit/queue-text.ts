import type { QueueView } from '@arras/contract';

/** What a queue lets a job have: `at most 16 nodes, 68 processors a node, 192 GB a node, 48:00:00`. */
export function queueText(queue: QueueView): string {
  const { maxNodes, maxProcessorsPerNode, maxMemoryPerNode, maxRequestedTime } = queue;
  const limits = [
    maxNodes > 0 && `${maxNodes} ${maxNodes === 1 ? 'node' : 'nodes'}`,
    maxProcessorsPerNode > 0 && `${maxProcessorsPerNode} processors a node`,
    maxMemoryPerNode > 0 && `${maxMemoryPerNode} GB a node`,
    maxRequestedTime,
  ].filter((limit) => limit !== false && limit !== '');
  return limits.length === 0 ? 'no limits' : `at most ${limits.join(', ')}`;
}
