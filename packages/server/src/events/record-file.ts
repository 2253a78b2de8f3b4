import type { FileEventName, FileReceipt } from '@arras/contract';
import type { Db } from '../database/connection.ts';
import type { FilePlace } from '../database/file-place.ts';
import type { FileRow } from '../database/file-tables.ts';
import { type FileState, findFile, saveFile } from '../database/files.ts';
import type { NewId } from '../domain/id-source.ts';
import { parentPath } from '../domain/paths.ts';
import { renderFile } from './file-view.ts';
import { recordResourceEvent } from './record-resource.ts';
import type { ViewContext } from './view-context.ts';

/** What records of files are made with. */
export interface FileRecorder {
  readonly newId: NewId;
  readonly view: Pick<ViewContext, 'publicUrl' | 'formatTime'>;
}

/** An event with what there is to say beyond its own sentence. */
export interface FileEvent {
  readonly name: FileEventName;
  readonly description?: string;
}

/** Something that happened to a path. */
export interface FileHappening extends FilePlace {
  readonly systemId: string;
  /** In order. */
  readonly events: readonly FileEvent[];
  readonly by: string;
}

/** A path as recorded, and as it is shown. */
export interface RecordedFile {
  readonly row: FileRow;
  readonly view: FileReceipt;
}

/** Writes down what happened to a path, in one transaction with what is known of it from now on. */
export async function recordFile(
  tx: Db,
  recorder: FileRecorder,
  happening: FileHappening & { readonly state: FileState },
): Promise<RecordedFile> {
  const { state, systemId } = happening;
  const row = await saveFile(tx, happening, state, recorder.newId('file'));
  const view = renderFile(recorder.view, row, systemId);
  await recordEvents(tx, recorder, happening, { row, view });
  return { row, view };
}

/** Writes down what happened to a path of which something is known already; nothing for any other. */
export async function recordKnownFile(
  tx: Db,
  recorder: FileRecorder,
  happening: FileHappening,
): Promise<void> {
  const row = await findFile(tx, happening);
  if (row === null) return;
  await recordEvents(tx, recorder, happening, {
    row,
    view: renderFile(recorder.view, row, happening.systemId),
  });
}

/** Tells those who follow a directory that something in it is different. */
export async function recordInDirectory(
  tx: Db,
  recorder: FileRecorder,
  happening: FileHappening,
): Promise<void> {
  const { path, events } = happening;
  await recordKnownFile(tx, recorder, { ...happening, path: parentPath(path), events });
}

async function recordEvents(
  tx: Db,
  { newId }: FileRecorder,
  { events, by }: FileHappening,
  { row, view }: RecordedFile,
): Promise<void> {
  for (const { name, description } of events) {
    await recordResourceEvent(tx, newId, {
      kind: 'file',
      uuid: row.uuid,
      name,
      ...(description !== undefined && { description }),
      body: view,
      by,
    });
  }
}
