/**
 * The form of a job's name that is safe in file names and scheduler fields: trimmed, decomposed, apostrophes
 * and all beyond ASCII dropped, every other character outside `[A-Za-z0-9_+]` a dash, dashes collapsed, one
 * leading and one trailing dash removed, lower case. Empty when nothing of the name is left.
 */
export function slug(name: string): string {
  return name
    .trim()
    .normalize('NFD')
    .replace(/['\u{80}-\u{10ffff}]/gu, '')
    .replace(/[^A-Za-z0-9_+]+/g, '-')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();
}

/** `<slug>-<job id>`, the stem of a job's `.out` and `.err` files; the id alone when the slug is empty. */
export function jobLogName(name: string, jobId: string): string {
  const stem = slug(name);
  return stem === '' ? jobId : `${stem}-${jobId}`;
}

/** File name of the program's script: `<slug>.ipcexe`, as clients of the original expect it. */
export function jobScriptName(name: string): string {
  const stem = slug(name);
  return `${stem === '' ? 'job' : stem}.ipcexe`;
}
