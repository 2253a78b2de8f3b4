import type { JobId, OutputEntry } from '@arras/contract';
import { DIRECTORY_MEDIA_TYPE, mediaTypeOf } from '../../domain/media-types.ts';
import { jobUrl } from '../../events/job-links.ts';
import type { ViewContext } from '../../events/view-context.ts';
import type { FileInfo } from '../../storage/storage.ts';

/** One file or directory of a job's output; `path` is relative to the job's directory and begins with a slash. */
export function renderOutput(
  context: Pick<ViewContext, 'publicUrl' | 'formatTime'>,
  output: {
    readonly jobId: JobId;
    readonly systemId: string;
    readonly path: string;
    readonly info: FileInfo;
  },
): OutputEntry {
  const { jobId, systemId, path, info } = output;
  const isDirectory = info.type === 'dir';
  const job = jobUrl(context, jobId);
  const kind = isDirectory ? 'listings' : 'media';
  return {
    name: info.name,
    path,
    lastModified: context.formatTime(info.modifiedAt),
    length: info.sizeBytes,
    permission: 'READ',
    mimeType: isDirectory ? DIRECTORY_MEDIA_TYPE : mediaTypeOf(info.name),
    format: isDirectory ? 'folder' : 'unknown',
    type: info.type,
    _links: {
      self: { href: `${job}/outputs/${kind}${path.split('/').map(encodeURIComponent).join('/')}` },
      system: { href: `${context.publicUrl()}/systems/v2/${encodeURIComponent(systemId)}` },
      parent: { href: job },
    },
  };
}
