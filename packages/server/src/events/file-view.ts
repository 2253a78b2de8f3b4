import type { FileReceipt } from '@arras/contract';
import type { FileRow } from '../database/file-tables.ts';
import { baseName } from '../domain/paths.ts';
import { fileUrl } from './file-links.ts';
import type { ViewContext } from './view-context.ts';

/** What is known of a path, as answers and messages show it. */
export function renderFile(
  context: Pick<ViewContext, 'publicUrl' | 'formatTime'>,
  file: FileRow,
  systemId: string,
): FileReceipt {
  const at = { systemId, path: file.path };
  const base = context.publicUrl();
  return {
    name: baseName(file.path) || '/',
    uuid: file.uuid,
    owner: file.owner,
    internalUsername: null,
    lastModified: context.formatTime(file.last_modified),
    source: file.source,
    path: file.path,
    status: file.status,
    systemId,
    type: file.format === 'folder' ? 'dir' : 'file',
    nativeFormat: file.format,
    _links: {
      self: { href: fileUrl(context, file.format === 'folder' ? 'listings' : 'media', at) },
      system: { href: `${base}/systems/v2/${encodeURIComponent(systemId)}` },
      profile: { href: `${base}/profiles/v2/${encodeURIComponent(file.owner)}` },
      history: { href: fileUrl(context, 'history', at) },
      notifications: { href: `${base}/notifications/v2/?associatedUuid=${file.uuid}` },
    },
  };
}
