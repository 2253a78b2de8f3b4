import { ApiError, FILE_ACTIONS, type FileAction, type FileReceipt } from '@arras/contract';
import { inTransaction } from '../../database/connection.ts';
import { findFile } from '../../database/files.ts';
import { baseName, joinPath, parentPath, resolveSystemPath } from '../../domain/paths.ts';
import { fileUri } from '../../events/file-links.ts';
import { renderFile } from '../../events/file-view.ts';
import type { FileInfo } from '../../storage/storage.ts';
import { type AskedFile, fileOn, findAskedFile, requireAccess } from '../files/asked-file.ts';
import { judgeAccess } from '../files/judge-access.ts';
import { below, childOf, findReplaced } from '../files/new-file.ts';
import { queueTransfer } from '../files/queue-ingest.ts';
import type { UploadPlace } from '../files/receive-upload.ts';
import { recordDone, recordDoneIn, recordGone } from '../files/record.ts';
import { onStorage } from '../files/storage-refusal.ts';
import { waitForTransfer } from '../files/wait-for-transfer.ts';
import type { Handler } from '../handler.ts';
import { answer, done, type ResultReply } from '../reply.ts';

/** A file or directory that something is done with. */
type Work = Omit<UploadPlace, 'directory'> & { readonly asked: AskedFile };

export const manageFile: Handler<'manageFile'> = async (request) => {
  const { context, viewer, body } = request;
  const asked = await findAskedFile(request);
  const action = FILE_ACTIONS.find((known) => known === body.action.toLowerCase());
  if (action === undefined) throw new ApiError('file.action-unknown');
  if (body.path === undefined) {
    const message = `is required: expected ${action === 'rename' ? 'the new name' : 'a path'}`;
    throw new ApiError('request.invalid', { problems: [{ field: 'path', message }] });
  }
  const path = body.path;
  const { storage } = await context.targets.getPlace(asked.systemId);
  return onStorage(() => ACTIONS[action]({ context, viewer, storage, asked }, path));
};

const ACTIONS = { mkdir, rename, move, copy } as const satisfies Record<
  FileAction,
  (work: Work, path: string) => Promise<ResultReply<FileReceipt>>
>;

async function mkdir(work: Work, path: string): Promise<ResultReply<FileReceipt>> {
  const { context, viewer, storage } = work;
  const target = below(work.asked, path);
  await requireAccess(context, viewer, target, 'mayWrite');
  const found = await storage.find(target.path);
  if (found?.type === 'file')
    throw new ApiError('file.exists', { message: `A file is at ${target.path} already.` });
  const known = found === null ? null : await findFile(context.db, target);
  if (known !== null) return answer(renderFile(context, known, target.systemId));
  await storage.makeDirectory(target.path);
  const receipt = await recordDone(context, viewer.username, {
    asked: target,
    events: found === null ? [{ name: 'CREATED' }] : [],
    state: { owner: viewer.username, format: 'folder', status: 'STAGING_COMPLETED', source: null },
  });
  return answer(receipt, { status: found === null ? 201 : 200 });
}

async function rename(work: Work, name: string): Promise<ResultReply<FileReceipt>> {
  const { asked } = work;
  refuseRoots(asked, 'renamed');
  const target = childOf({ ...asked, path: parentPath(asked.path) }, name);
  return relocate(work, target, 'RENAME');
}

async function move(work: Work, path: string): Promise<ResultReply<FileReceipt>> {
  refuseRoots(work.asked, 'moved');
  return relocate(work, await findDestination(work, path), 'MOVED');
}

async function relocate(
  work: Work,
  target: AskedFile,
  name: 'MOVED' | 'RENAME',
): Promise<ResultReply<FileReceipt>> {
  const { context, viewer, storage, asked } = work;
  await requireAccess(context, viewer, asked, 'mayWrite');
  await requireAccess(context, viewer, asked, 'mayRead');
  const source = await getSource(work);
  const replaced = await findReplacedBy(work, source, target);
  if (target.path !== asked.path) await storage.move(asked.path, target.path);
  const { username } = viewer;
  const receipt = await inTransaction(context.db, async (tx) => {
    await recordGone(tx, context, username, {
      asked,
      event: { name, description: `It is ${target.path} now` },
    });
    return recordDoneIn(tx, context, username, {
      asked: target,
      events: [{ name: replaced ? 'OVERWRITTEN' : 'CREATED', description: `It was ${asked.path}` }],
      state: {
        owner: username,
        format: formatOf(source),
        status: 'STAGING_COMPLETED',
        source: fileUri(asked),
      },
    });
  });
  return answer(receipt);
}

/** Copies are made in the background, so that they outlive the request; most are complete a moment later. */
async function copy(work: Work, path: string): Promise<ResultReply<FileReceipt>> {
  const { context, viewer, asked } = work;
  await requireAccess(context, viewer, asked, 'mayRead');
  const found = await getSource(work);
  const target = await findDestination(work, path);
  const isReplaced = await findReplacedBy(work, found, target);
  const uri = fileUri(asked);
  const source = { uri, name: baseName(asked.path), format: formatOf(found) };
  const { id, receipt } = await queueTransfer({ context, viewer }, { target, source, isReplaced });
  const ended = await waitForTransfer(context, id, target);
  return ended === null ? answer(receipt, { status: 202 }) : answer(ended);
}

async function getSource({ storage, asked }: Work): Promise<FileInfo> {
  const source = await storage.find(asked.path);
  if (source === null) throw new ApiError('file.not-found');
  return source;
}

function formatOf({ type }: FileInfo): 'raw' | 'folder' {
  return type === 'dir' ? 'folder' : 'raw';
}

/** The place that a destination means: where a directory is, the one in it that bears the same name. */
async function findDestination(work: Work, path: string): Promise<AskedFile> {
  const { context, viewer, storage, asked } = work;
  const named = fileOn(asked.system, path);
  // Before anything is looked at: a refusal must not tell what there is.
  const { mayWrite } = await judgeAccess(context.db, viewer, named.system, named.path);
  if (!mayWrite) await requireAccess(context, viewer, named, 'mayLookIn');
  const found = await storage.find(named.path);
  const name = baseName(asked.path);
  if (found?.type !== 'dir' || name === '') return named;
  return { ...named, path: joinPath(named.path, name) };
}

/** Whether something would be replaced. Throws ApiError where that must not be. */
async function findReplacedBy(work: Work, source: FileInfo, target: AskedFile): Promise<boolean> {
  const { context, viewer, storage, asked } = work;
  if (`${target.path}/`.startsWith(`${asked.path}/`)) {
    const message = `${asked.path} cannot be put into itself.`;
    throw new ApiError(target.path === asked.path ? 'file.exists' : 'file.bad-path', { message });
  }
  const replaced = await findReplaced(context, viewer, storage, target);
  if (replaced !== null && source.type === 'dir')
    throw new ApiError('file.exists', { message: `A file is at ${target.path} already.` });
  return replaced !== null;
}

export const deleteFile: Handler<'deleteFile'> = async (request) => {
  const { context, viewer } = request;
  const asked = await findAskedFile(request);
  refuseRoots(asked, 'deleted');
  await requireAccess(context, viewer, asked, 'mayWrite');
  const { storage } = await context.targets.getPlace(asked.systemId);
  const found = await onStorage(() => storage.find(asked.path));
  if (found !== null) await onStorage(() => storage.remove(asked.path));
  // Also when nothing is there any more: a former request may have ended between the two.
  const event = { name: 'DELETED' } as const;
  await inTransaction(context.db, (tx) => recordGone(tx, context, viewer.username, { asked, event }));
  if (found === null) throw new ApiError('file.not-found');
  return done(`${asked.path} was deleted.`);
};

/** The directories that a system cannot be without, and those above them. */
function refuseRoots({ system, path }: AskedFile, verb: string): void {
  const { storage, ...more } = system.definition as unknown as {
    readonly storage: { readonly homeDir: string };
    readonly scratchDir?: string;
    readonly workDir?: string;
  };
  const written = ['', more.scratchDir ?? '', more.workDir ?? ''];
  const kept = written.flatMap((directory) => {
    const resolved = resolveSystemPath(storage, directory);
    return resolved.ok ? [resolved.path] : [];
  });
  if (!kept.some((directory) => `${directory}/`.startsWith(path === '/' ? '/' : `${path}/`))) return;
  throw new ApiError('file.not-permitted', {
    message: `${path} cannot be ${verb}: the system ${system.id} needs it.`,
  });
}
