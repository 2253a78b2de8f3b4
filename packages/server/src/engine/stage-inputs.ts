import { HISTORY_TEXTS } from '@arras/contract';
import { findTransfer } from '../database/transfers.ts';
import { JobFault } from '../domain/failure.ts';
import { baseName, joinPath } from '../domain/paths.ts';
import type { Move } from '../events/transition.ts';
import { forEachLimit } from '../storage/for-each-limit.ts';
import type { EngineContext } from './context.ts';
import { type CopiedTree, type CopyWork, copyTracked } from './copy-tracked.ts';
import type { Input } from './find-input.ts';
import { endTransfers } from './remove-parts.ts';
import { type Target, workDirectoryOf } from './targets.ts';

/** Inputs of one job on their way at the same time: more would only keep other jobs from the hosts. */
const INPUTS_AT_ONCE = 4;

/**
 * Copies inputs side by side into the job's work directory. Those that an attempt before has brought whole stay as they
 * are. The first failure ends all of them.
 */
export async function stageInputs(
  context: EngineContext,
  work: CopyWork,
  target: Target,
  inputs: readonly Input[],
): Promise<readonly Move[]> {
  const copied: CopiedTree[] = [];
  await forEachLimit(inputs, INPUTS_AT_ONCE, async (input, _index, stop) => {
    const signal = AbortSignal.any([work.signal, stop]);
    const tree = await stageInput(context, { ...work, signal }, target, input);
    if (tree) copied.push(tree);
  });
  work.signal.throwIfAborted();
  // Nobody else writes to this directory.
  await endTransfers(
    context,
    copied.map(({ track }) => track),
    { storage: target.storage, path: workDirectoryOf(work.moves.job), job: work.moves.job },
  );
  return copied.flatMap(({ leftOut }) =>
    leftOut === null ? [] : [{ to: 'STAGING_INPUTS', description: leftOut }],
  );
}

/** null when it is there already. */
async function stageInput(
  context: EngineContext,
  work: CopyWork,
  target: Target,
  input: Input,
): Promise<CopiedTree | null> {
  const { job } = work.moves;
  const toPath = joinPath(workDirectoryOf(job), baseName(input.path));
  const ends = { source: input.uri, destination: `agave://${target.systemId}/${toPath}` };
  const known = await findTransfer(context.db, { jobId: job.id, ...ends });
  if (known?.is_whole === true && (await target.storage.find(toPath)) !== null) return null;
  const top = await input.place.storage.find(input.path);
  if (!top) throw new JobFault(`input ${input.uri} does not exist`);
  return copyTracked(context, work, {
    ends: { ...ends, phase: 'staging', files: 1, bytes: Math.max(0, top.sizeBytes) },
    from: input.place,
    fromPath: input.path,
    to: target,
    toPath,
    opening: [HISTORY_TEXTS.stagingInput(input.uri)],
  });
}
