import { findViewedSystem, type ViewedSystem, type Viewer } from '../../database/systems.ts';
import type { ResolvedInput } from '../../domain/resolve-inputs.ts';
import type { ResolvedJob } from '../../domain/resolve-job.ts';
import { forEachLimit } from '../../storage/for-each-limit.ts';
import type { HttpContext } from '../context.ts';
import { type PlaceProblem, toPlaceProblem } from './place-problems.ts';
import { mayUsePath } from './user-space-access.ts';

/** Files looked at at the same time for one request. */
const LOOKS_AT_ONCE = 8;

/** Looks whether the user can read every input now, so that mistakes are told at once and not by a failed job. */
export async function findInputProblems(
  context: HttpContext,
  viewer: Viewer,
  inputs: ResolvedJob['inputs'],
): Promise<readonly PlaceProblem[]> {
  const all = Object.values(inputs).flat();
  const systems = await findSystems(context, viewer, all);
  const found = all.map((): PlaceProblem | null => null);
  await forEachLimit(all, LOOKS_AT_ONCE, async (input, index) => {
    found[index] =
      input.systemId === null
        ? findAddressProblem(context, input)
        : await findInputProblem(context, viewer, systems.get(input.systemId) ?? null, input);
  });
  return found.filter((problem) => problem !== null);
}

async function findSystems(
  { db }: HttpContext,
  viewer: Viewer,
  inputs: readonly ResolvedInput[],
): Promise<ReadonlyMap<string, ViewedSystem | null>> {
  const ids = [...new Set(inputs.map(({ systemId }) => systemId))].filter((id) => id !== null);
  return new Map(
    await Promise.all(ids.map(async (id) => [id, await findViewedSystem(db, viewer, id)] as const)),
  );
}

/** What stands in an address is judged now; what its host's name leads to, when the file is fetched. */
function findAddressProblem(
  { targets }: Pick<HttpContext, 'targets'>,
  { field, uri }: ResolvedInput,
): PlaceProblem | null {
  const why = targets.whyNotUrl(uri);
  return why === null ? null : { field, code: 'request.invalid', message: `${uri}: ${why}` };
}

async function findInputProblem(
  { db, targets }: HttpContext,
  viewer: Viewer,
  system: ViewedSystem | null,
  input: ResolvedInput,
): Promise<PlaceProblem | null> {
  const { field, uri } = input;
  if (system === null) {
    const message = `no system with the id "${input.systemId}" is visible to you (${uri})`;
    return { field, code: 'input.not-permitted', message };
  }
  try {
    const place = await targets.getPlace(system.id);
    const path = place.resolve(input.path);
    if (!(await mayUsePath(db, viewer, system, path))) {
      return {
        field,
        code: 'input.not-permitted',
        message: `you may not read ${uri}: it is not below your own directory`,
      };
    }
    if (await place.storage.find(path)) return null;
    return {
      field,
      code: 'request.invalid',
      message: `there is no file or directory at ${uri}; correct the path`,
    };
  } catch (error) {
    return toPlaceProblem(field, error);
  }
}
