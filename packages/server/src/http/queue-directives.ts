import type { QueueRequest } from '@arras/contract';
import { JobFault } from '../domain/failure.ts';
import type { Launch } from '../execution/scheduler.ts';
import { findScheduler } from '../execution/schedulers.ts';

/** A job that asks for everything, so that every macro has a value. */
const SAMPLE: Omit<Launch, 'resources'> = {
  tag: 'tj-sample-1',
  tryNumber: 1,
  workDirectory: '/',
  spoolDirectory: '/',
  scriptName: 'wrapper',
  stdoutName: 'out',
  stderrName: 'err',
};

/**
 * Why the custom directives of a queue cannot be used with a scheduler; null when they can. Said when a queue is
 * registered, and not only by each of its jobs.
 */
export function findBadDirectives(
  schedulerName: string,
  { name, mappedName, customDirectives }: QueueRequest,
): string | null {
  const scheduler = findScheduler(schedulerName);
  if (scheduler === null || customDirectives === null) return null;
  const resources = {
    queue: mappedName ?? name,
    nodeCount: 1,
    processorsPerNode: 1,
    memoryPerNodeGb: 1,
    maxRunTimeSeconds: 3_600,
    customDirectives,
  };
  try {
    scheduler.directives({ ...SAMPLE, resources });
    return null;
  } catch (error) {
    if (error instanceof JobFault) return error.message;
    throw error;
  }
}
