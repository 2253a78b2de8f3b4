import { ApiError } from '@arras/contract';
import type { FileAccess } from '../../domain/file-access.ts';
import type { FileInfo } from '../../storage/storage.ts';
import { walkTree } from '../../storage/walk-tree.ts';
import { type AskedFile, findAskedFile, isReserved, requireAccess } from '../files/asked-file.ts';
import { judgeAll } from '../files/judge-access.ts';
import { onStorage } from '../files/storage-refusal.ts';
import type { Handler, HandlerRequest } from '../handler.ts';
import { answer } from '../reply.ts';
import { renderFileEntry } from '../views/file-entry-view.ts';

type Request = HandlerRequest<'listFiles'>;

export const listFiles: Handler<'listFiles'> = async (request) => {
  const { context, viewer, query } = request;
  const asked = await findAskedFile(request);
  const access = await requireAccess(context, viewer, asked, 'mayLookIn');
  if (query.recursive && !access.mayRead) {
    const message = `${asked.path} holds the directories of other users: name one below it.`;
    throw new ApiError('file.not-permitted', { message });
  }
  const { storage } = await context.targets.getPlace(asked.systemId);
  const page = await onStorage(async () => {
    const found = await storage.find(asked.path);
    if (found === null) throw new ApiError('file.not-found');
    // The directory counts as the first entry (spec: conventions 4).
    if (found.type === 'file') return [found].slice(query.offset, query.offset + query.limit);
    if (query.recursive) return walkPage(storage, found, query);
    const entries = await listVisible(request, asked, access, await storage.list(found.path));
    return [found, ...entries].slice(query.offset, query.offset + query.limit);
  });
  const { systemId, system } = asked;
  const may = await judgeAll(
    context.db,
    viewer,
    system,
    page.map(({ path }) => path),
  );
  return answer(
    page.map((info, index) =>
      renderFileEntry(context, {
        systemId,
        info,
        access: may[index] ?? access,
        isListed: info.path === asked.path,
      }),
    ),
  );
};

/** Of a directory that holds those of all users only what the viewer may look into. */
async function listVisible(
  { context, viewer }: Request,
  { system }: AskedFile,
  { mayRead }: FileAccess,
  listed: readonly FileInfo[],
): Promise<readonly FileInfo[]> {
  const entries = listed.filter((info) => !isReserved(info.path));
  if (mayRead) return entries;
  const may = await judgeAll(
    context.db,
    viewer,
    system,
    entries.map(({ path }) => path),
  );
  return entries.filter((_, index) => may[index]?.mayLookIn === true);
}

/** Only as much of the tree is listed as lies before the end of the page. */
async function walkPage(
  storage: Parameters<typeof walkTree>[0]['storage'],
  top: FileInfo,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<readonly FileInfo[]> {
  const page = [top].slice(offset, offset + limit);
  let passed = 1;
  if (limit <= page.length) return page;
  for await (const info of walkTree({
    storage,
    path: top.path,
    isExcluded: ({ path }) => isReserved(path),
  })) {
    if (passed++ >= offset) page.push(info);
    if (page.length === limit) break;
  }
  return page;
}
