import { tagOfMessage } from '../domain/job-message.ts';
import type { EngineContext } from './context.ts';
import type { Target } from './targets.ts';

/**
 * Takes in what tries that have ended said and nobody has taken yet: behind its verdict, nothing can be added to a job.
 * Returns the tags of those whose words have to wait, and their verdict with them. Costs one command. The files stay
 * for the watch, which finds them known.
 */
export async function hearLastWords(
  context: Pick<EngineContext, 'takeMessage'>,
  target: Pick<Target, 'systemId' | 'spool' | 'executor'>,
  tags: readonly string[],
): Promise<ReadonlySet<string>> {
  if (tags.length === 0) return new Set();
  const files = await target.executor.messages(target.spool, tags);
  // Those of one try are taken in their order.
  const words = await Promise.all(files.map((file) => context.takeMessage(target.systemId, file)));
  return new Set(files.filter((_, index) => words[index] === 'later').map(({ name }) => tagOfMessage(name)));
}
