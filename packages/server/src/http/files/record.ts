import type { FileReceipt } from '@arras/contract';
import { type Db, inTransaction } from '../../database/connection.ts';
import { forgetPermissionsBelow } from '../../database/file-permissions.ts';
import type { FileState } from '../../database/files.ts';
import {
  type FileEvent,
  type FileRecorder,
  recordFile,
  recordInDirectory,
  recordKnownFile,
} from '../../events/record-file.ts';
import type { HttpContext } from '../context.ts';
import type { AskedFile } from './asked-file.ts';
import { endUnreadable } from './readable-file.ts';

/** What a handler has done to a file. */
export interface DoneToFile {
  readonly asked: AskedFile;
  readonly events: readonly FileEvent[];
  readonly state: FileState;
  /** What those hear who follow the directory. Default: CONTENT_CHANGE. */
  readonly inDirectory?: FileEvent;
}

/** How records of files are made for a request. */
export function recorderOf(context: HttpContext): FileRecorder {
  return { newId: context.newId, view: context };
}

/** Writes down what was done to a file, and returns it as it is shown. */
export function recordDone(context: HttpContext, username: string, done: DoneToFile): Promise<FileReceipt> {
  return inTransaction(context.db, (tx) => recordDoneIn(tx, context, username, done));
}

/** As {@link recordDone}, within a transaction. */
export async function recordDoneIn(
  tx: Db,
  context: HttpContext,
  username: string,
  { asked, events, state, inDirectory = { name: 'CONTENT_CHANGE' } }: DoneToFile,
): Promise<FileReceipt> {
  const { systemUuid, systemId, path } = asked;
  const at = { systemUuid, systemId, path, by: username };
  const { view } = await recordFile(tx, recorderOf(context), { ...at, events, state });
  await recordInDirectory(tx, recorderOf(context), { ...at, events: [inDirectory] });
  return view;
}

/** Writes down that nothing is at a path any more; what was granted for it and below goes with it. */
export async function recordGone(
  tx: Db,
  context: HttpContext,
  username: string,
  { asked, event }: { readonly asked: AskedFile; readonly event: FileEvent },
): Promise<void> {
  const { systemUuid, systemId, path } = asked;
  const at = { systemUuid, systemId, path, by: username };
  await forgetPermissionsBelow(tx, at);
  await endUnreadable(tx, context, at, username);
  await recordKnownFile(tx, recorderOf(context), { ...at, events: [event] });
  await recordInDirectory(tx, recorderOf(context), { ...at, events: [{ name: 'CONTENT_CHANGE' }] });
}
