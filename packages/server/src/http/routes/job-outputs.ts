import { ApiError } from '@arras/contract';
import type { JobRow } from '../../database/tables.ts';
import { isTerminal } from '../../domain/lifecycle.ts';
import type { FileInfo } from '../../storage/storage.ts';
import { walkTree } from '../../storage/walk-tree.ts';
import { fileReply } from '../file-reply.ts';
import { getVisibleJob } from '../get-visible-job.ts';
import type { Handler } from '../handler.ts';
import {
  findOutputDirectory,
  isServicePath,
  lookingAtOutput,
  type OutputDirectory,
  relativeTo,
  resolveOutputPath,
} from '../output-directory.ts';
import { answer, type BytesReply } from '../reply.ts';
import { renderOutput } from '../views/output-view.ts';
import { zipReply } from '../zip-reply.ts';
import { followJobOutput } from './follow-job-output.ts';

export const listJobOutputs: Handler<'listJobOutputs'> = async ({ context, viewer, params, query }) => {
  const job = await getVisibleJob(context.db, viewer, params.id);
  const asked = params.path ?? '';
  const directory = await findOutputDirectory(context, job);
  if (directory === null) {
    if (isRoot(asked)) return answer([]);
    throw new ApiError('output.not-found');
  }
  const { systemId } = directory.place;
  const page = query.recursive
    ? await walkPage(directory, asked, query)
    : (await listEntries(directory, asked, job)).slice(query.offset, query.offset + query.limit);
  return answer(
    page.map((info) =>
      renderOutput(context, { jobId: job.id, systemId, path: relativeTo(directory, info), info }),
    ),
  );
};

/** What a directory holds; of a file, the file itself. A directory that is not made yet holds nothing. */
async function listEntries(
  directory: OutputDirectory,
  asked: string,
  job: JobRow,
): Promise<readonly FileInfo[]> {
  const path = resolveOutputPath(directory, asked);
  const { storage } = directory.place;
  return lookingAtOutput(async () => {
    const found = await storage.find(path);
    if (found === null && isRoot(asked) && !isTerminal(job.status)) return [];
    if (found === null) throw new ApiError('output.not-found');
    if (found.type === 'file') return [found];
    const entries = await storage.list(path);
    const isLeftOut = isHidden(directory);
    return entries.filter((entry) => !isLeftOut(entry));
  });
}

/** Only as much of the tree is listed as lies before the end of the page. */
function walkPage(
  directory: OutputDirectory,
  asked: string,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<readonly FileInfo[]> {
  const path = resolveOutputPath(directory, asked);
  const { storage } = directory.place;
  return lookingAtOutput(async () => {
    const found = await storage.find(path);
    if (found === null && isRoot(asked)) return [];
    if (found === null) throw new ApiError('output.not-found');
    if (found.type === 'file') return [found].slice(offset, offset + limit);
    const page: FileInfo[] = [];
    let passed = 0;
    for await (const info of walkTree({ storage, path, isExcluded: isHidden(directory) })) {
      if (passed++ >= offset) page.push(info);
      if (page.length === limit) break;
    }
    return page;
  });
}

function isHidden(directory: OutputDirectory): (info: FileInfo) => boolean {
  return (info) => isServicePath(relativeTo(directory, info));
}

function isRoot(asked: string): boolean {
  return asked.split('/').every((part) => part === '' || part === '.');
}

export const downloadJobOutput: Handler<'downloadJobOutput'> = async (request) => {
  const { context, viewer, params, raw } = request;
  const job = await getVisibleJob(context.db, viewer, params.id);
  if (request.query.follow && raw.request.method === 'GET') return followJobOutput(request, job);
  const directory = await findOutputDirectory(context, job);
  if (directory === null) throw new ApiError('output.not-found');
  const path = resolveOutputPath(directory, params.path ?? '');
  return lookingAtOutput(async () => {
    const info = await directory.place.storage.find(path);
    if (info === null) throw new ApiError('output.not-found');
    if (info.type === 'dir') return packDirectory(directory, info, { job, isAsked: request.query.zip });
    return fileReply({ storage: directory.place.storage, info, force: request.query.force }, raw);
  });
};

function packDirectory(
  directory: OutputDirectory,
  { path, name }: FileInfo,
  { job, isAsked }: { readonly job: JobRow; readonly isAsked: boolean },
): Promise<BytesReply> {
  if (!isAsked) {
    throw new ApiError('output.not-found', {
      message: 'This output is a directory: list it, name a file in it, or ask for an archive with zip=true.',
    });
  }
  const { storage } = directory.place;
  const isExcluded = isHidden(directory);
  return zipReply({ storage, path, isExcluded }, path === directory.path ? job.id : name);
}
