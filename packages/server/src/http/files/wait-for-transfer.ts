import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, type FileReceipt, type FileTransferId } from '@arras/contract';
import { hasFileTransferEnded } from '../../database/file-transfers.ts';
import { findFile } from '../../database/files.ts';
import { listResourceEvents } from '../../database/resource-events.ts';
import { renderFile } from '../../events/file-view.ts';
import type { HttpContext } from '../context.ts';
import type { AskedFile } from './asked-file.ts';

/** Existing clients go on as if a copy were complete; most are by then, and few callers give up earlier. */
const WAIT_MS = 20_000;

/** Short at first, because most copies are. */
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 400;

/** Waits a while for a transfer to end; null when it has not. Throws ApiError when the content will not come. */
export async function waitForTransfer(
  context: HttpContext,
  id: FileTransferId,
  asked: AskedFile,
): Promise<FileReceipt | null> {
  const { db } = context;
  const deadline = performance.now() + WAIT_MS;
  for (let pauseMs = FIRST_PAUSE_MS; performance.now() < deadline; pauseMs *= 2) {
    await delay(Math.min(pauseMs, LONGEST_PAUSE_MS));
    if (!(await hasFileTransferEnded(db, id))) continue;
    const file = await findFile(db, asked);
    if (file === null) return null;
    if (file.status !== 'STAGING_FAILED') return renderFile(context, file, asked.systemId);
    throw new ApiError('conflict', { message: await whyFailed(context, file) });
  }
  return null;
}

async function whyFailed(
  { db }: HttpContext,
  { uuid }: { readonly uuid: FileReceipt['uuid'] },
): Promise<string> {
  const [last] = await listResourceEvents(db, uuid, { limit: 1, offset: 0, order: 'desc' });
  return `The copy failed: ${last?.description ?? 'see the history of the file'}.`;
}
