import type { FileEntry } from '@arras/contract';
import type { FileAccess } from '../../domain/file-access.ts';
import { DIRECTORY_MEDIA_TYPE, mediaTypeOf } from '../../domain/media-types.ts';
import { fileUrl } from '../../events/file-links.ts';
import type { ViewContext } from '../../events/view-context.ts';
import type { FileInfo } from '../../storage/storage.ts';
import { linkTo } from './links.ts';

/** One file or directory of a listing; `isListed`: the one that was asked for itself. */
export function renderFileEntry(
  context: Pick<ViewContext, 'publicUrl' | 'formatTime'>,
  entry: {
    readonly systemId: string;
    readonly info: FileInfo;
    readonly access: Pick<FileAccess, 'mayRead' | 'mayWrite'>;
    readonly isListed: boolean;
  },
): FileEntry {
  const { systemId, info, access, isListed } = entry;
  const isDirectory = info.type === 'dir';
  const at = { systemId, path: info.path };
  return {
    // Clients that walk a tree would list a directory of another name again, for ever (spec: clients, Listings).
    name: isListed && isDirectory ? '.' : info.name,
    path: info.path,
    lastModified: context.formatTime(info.modifiedAt),
    length: info.sizeBytes,
    permissions: permissionWord(access),
    mimeType: isDirectory ? DIRECTORY_MEDIA_TYPE : mediaTypeOf(info.name),
    format: isDirectory ? 'folder' : 'raw',
    type: info.type,
    system: systemId,
    _links: {
      self: { href: fileUrl(context, isDirectory ? 'listings' : 'media', at) },
      system: linkTo(context, 'systems', 'v2', systemId),
      ...(isListed && {
        history: { href: fileUrl(context, 'history', at) },
        permissions: { href: fileUrl(context, 'pems', at) },
      }),
    },
  };
}

function permissionWord({ mayRead, mayWrite }: Pick<FileAccess, 'mayRead' | 'mayWrite'>) {
  if (mayWrite) return mayRead ? 'ALL' : 'WRITE';
  return mayRead ? 'READ' : 'NONE';
}
