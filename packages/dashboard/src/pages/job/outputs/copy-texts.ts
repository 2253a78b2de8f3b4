import type { JobView, OutputEntry } from '@arras/contract';

/** What can be copied about a file or a directory. */
export interface OutputTexts {
  /** In the job's directory. */
  readonly path: string;
  /** Where it can be downloaded, also after it has been archived. */
  readonly address: string;
  /** As an input of another job; null while the output is not in its archive. */
  readonly uri: string | null;
  readonly curl: string;
  readonly cli: string;
}

/** Names a file or a directory of a job's output for people, other jobs, curl and the command line. */
export function outputTexts(
  job: { readonly id: string } & Pick<JobView, 'executionSystem' | 'archiveSystem' | 'archivePath'>,
  entry: Pick<OutputEntry, 'path' | 'type' | '_links'>,
  origin: string,
): OutputTexts {
  const path = entry.path.replace(/^\//, '');
  const place = path.split('/').map(encodeURIComponent).join('/');
  const media = `${origin}/jobs/v2/${job.id}/outputs/media/${place}`;
  const address = entry.type === 'dir' ? `${media}?zip=true` : media;
  return {
    path,
    address,
    uri: archiveUri(job, entry, place),
    curl: `curl --header "Authorization: Bearer $TOKEN" --remote-name --remote-header-name ${quote(address)}`,
    cli: `arras jobs outputs download ${job.id} ${quote(path)}`,
  };
}

/**
 * Known to be in the archive only where that is another system than the job's: on the same one nothing tells the archive
 * from the work directory.
 */
function archiveUri(
  {
    executionSystem,
    archiveSystem,
    archivePath,
  }: Pick<JobView, 'executionSystem' | 'archiveSystem' | 'archivePath'>,
  { _links }: Pick<OutputEntry, '_links'>,
  place: string,
): string | null {
  const systemId = decodeURIComponent(_links.system.href.split('/').at(-1) ?? '');
  if (archivePath === undefined || systemId !== archiveSystem || systemId === executionSystem) return null;
  const directory = archivePath.replace(/\/$/, '').split('/').map(encodeURIComponent).join('/');
  return `agave://${systemId}/${directory}/${place}`;
}

/** For a POSIX shell: in single quotes everything but the single quote itself means itself. */
function quote(text: string): string {
  if (/^[\w./:?=%-]+$/.test(text) && !text.includes('?')) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
