import { findLastFileTransfer } from '../../database/file-transfers.ts';
import { findFile } from '../../database/files.ts';
import { listResourceEvents } from '../../database/resource-events.ts';
import { findAskedFile, requireAccess } from '../files/asked-file.ts';
import type { Handler } from '../handler.ts';
import { answer } from '../reply.ts';
import { renderFileEvent } from '../views/file-history-view.ts';

/** Of a path that nothing is known of, the history is empty: it is no secret whether something is there. */
export const listFileHistory: Handler<'listFileHistory'> = async (request) => {
  const { context, viewer, query } = request;
  const asked = await findAskedFile(request);
  await requireAccess(context, viewer, asked, 'mayRead');
  const file = await findFile(context.db, asked);
  if (file === null) return answer([]);
  const [events, transfer] = await Promise.all([
    listResourceEvents(context.db, file.uuid, query),
    findLastFileTransfer(context.db, file.uuid),
  ]);
  const told = events.findLast(({ name }) => name === 'STAGING');
  return answer(events.map((event) => renderFileEvent(context, event, event === told ? transfer : null)));
};
