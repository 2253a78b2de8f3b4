import { hasControls } from '../clean-text.ts';

/** How files of unfinished downloads are called, behind the name of the file: see part-files.ts. */
export const PART_SHAPE = /\.[0-9a-f]{16}\.part$/;

/** The longest name that file systems take, in bytes. */
const LONGEST_NAME = 255;

// What Windows takes for a device, with any ending (Microsoft: "Naming Files, Paths, and Namespaces").
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i;

/**
 * Why a path of others must not become a path here; null when it may. Names come from programs and from services: one
 * must not lead out of the directory that was chosen, nor hide what it is.
 */
export function findPathProblem(path: string, platform: NodeJS.Platform = process.platform): string | null {
  for (const name of path.split('/')) {
    const problem = findNameProblem(name, platform);
    if (problem !== null) return problem;
  }
  return null;
}

function findNameProblem(name: string, platform: NodeJS.Platform): string | null {
  if (name === '' || name === '.' || name === '..')
    return 'it would lead out of the directory that was chosen';
  if (hasControls(name)) return 'its name has control characters';
  // What cannot be written in UTF-8 would be written as something else.
  if (!name.isWellFormed() || name.includes('\ufffd')) return 'its name is no text';
  if (Buffer.byteLength(name) > LONGEST_NAME) return 'its name is longer than file systems take';
  if (PART_SHAPE.test(name)) return 'it is called like a file of an unfinished download';
  return platform === 'win32' ? findWindowsProblem(name) : null;
}

function findWindowsProblem(name: string): string | null {
  if (/[\\:*?"<>|]/.test(name) || /[. ]$/.test(name) || DEVICE.test(name))
    return 'Windows does not take its name';
  return null;
}

/** The same for names that some file systems do not tell apart. */
export function foldPath(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
