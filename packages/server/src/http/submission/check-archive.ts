import { findViewedSystem, type Viewer } from '../../database/systems.ts';
import type { ArchivePlace } from '../../domain/resolve-job.ts';
import type { HttpContext } from '../context.ts';
import { type PlaceProblem, toPlaceProblem } from './place-problems.ts';
import { mayUsePath } from './user-space-access.ts';

/** Looks whether the output can go where it is to go; null when it can, or when nothing is archived. */
export async function findArchiveProblem(
  { db, targets }: HttpContext,
  viewer: Viewer,
  archive: ArchivePlace | null,
): Promise<PlaceProblem | null> {
  if (archive === null) return null;
  const refuse = (field: string, message: string): PlaceProblem => ({
    field,
    code: 'request.invalid',
    message,
  });
  const system = await findViewedSystem(db, viewer, archive.system);
  if (system === null)
    return refuse('archiveSystem', `no system with the id "${archive.system}" is visible to you`);
  if (system.type !== 'STORAGE') {
    return refuse('archiveSystem', `expected a storage system, got the execution system "${archive.system}"`);
  }
  if (system.role === 'GUEST') return refuse('archiveSystem', `you may only read from "${archive.system}"`);
  try {
    const place = await targets.getPlace(system.id);
    const path = place.resolve(archive.path);
    if (!(await mayUsePath(db, viewer, system, path))) {
      return refuse(
        'archivePath',
        `you may not write to "${archive.path}"; choose a directory below "${viewer.username}"`,
      );
    }
    const there = await place.storage.find(path);
    return there?.type === 'file'
      ? refuse('archivePath', `"${archive.path}" is a file; name a directory`)
      : null;
  } catch (error) {
    const problem = toPlaceProblem('archiveSystem', error);
    return problem.code === 'input.not-permitted' ? refuse('archivePath', problem.message) : problem;
  }
}
