import { ApiError } from '@arras/contract';
import { fileReply } from '../file-reply.ts';
import { findAskedFile, isReserved, requireAccess } from '../files/asked-file.ts';
import { onStorage } from '../files/storage-refusal.ts';
import type { Handler } from '../handler.ts';
import { zipReply } from '../zip-reply.ts';

export const downloadFile: Handler<'downloadFile'> = async (request) => {
  const { context, viewer, query, raw } = request;
  const asked = await findAskedFile(request);
  await requireAccess(context, viewer, asked, 'mayRead');
  const { storage } = await context.targets.getPlace(asked.systemId);
  return onStorage(async () => {
    const info = await storage.find(asked.path);
    if (info === null) throw new ApiError('file.not-found');
    if (info.type === 'file') return fileReply({ storage, info, force: query.force }, raw);
    if (!query.zip) throw new ApiError('file.is-a-directory');
    const isExcluded = ({ path }: { readonly path: string }): boolean => isReserved(path);
    return zipReply({ storage, path: info.path, isExcluded }, info.name || asked.systemId);
  });
};
