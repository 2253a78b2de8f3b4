import {
  ApiError,
  type FileId,
  type FileIngestRequest,
  type FileReceipt,
  type FileTransferId,
  type SubscriptionRequest,
  subscriptionsOfIngest,
} from '@arras/contract';
import { type Db, inTransaction } from '../../database/connection.ts';
import { insertFileTransfer } from '../../database/file-transfers.ts';
import { saveFile } from '../../database/files.ts';
import { queueTasks } from '../../database/queue.ts';
import { insertSubscriptions } from '../../database/subscriptions.ts';
import { findViewedSystem } from '../../database/systems.ts';
import { parseInputUri } from '../../domain/input-uri.ts';
import { baseName } from '../../domain/paths.ts';
import { fileUri } from '../../events/file-links.ts';
import type { HttpContext } from '../context.ts';
import { checkTarget } from '../subscriptions/check-subscription.ts';
import { newSubscription } from '../subscriptions/new-subscription.ts';
import { recordSubscriptionEvent } from '../subscriptions/record.ts';
import { type AskedFile, fileOn, requireAccess } from './asked-file.ts';
import { childOf, findReplaced } from './new-file.ts';
import type { UploadPlace } from './receive-upload.ts';
import { recordDoneIn } from './record.ts';
import { onStorage } from './storage-refusal.ts';

/** Accepts an import: the address is fetched in the background. Throws ApiError for one that can never be fetched. */
export async function queueIngest(place: UploadPlace, asked: FileIngestRequest): Promise<FileReceipt> {
  const source = await checkSource(place, asked.urlToIngest);
  const target = childOf(place.directory, asked.fileName ?? source.name);
  const replaced = await onStorage(() => findReplaced(place.context, place.viewer, place.storage, target));
  const subscriptions = checkSubscriptions(place, asked);
  const queued = { target, source, isReplaced: replaced !== null, subscriptions };
  return (await queueTransfer(place, queued)).receipt;
}

/** What is fetched. */
export interface IngestSource {
  readonly uri: string;
  /** The last part of the address; may be empty. */
  readonly name: string;
  readonly format: 'raw' | 'folder';
}

/** Content that is to come to a path. */
export interface QueuedTransfer {
  readonly target: AskedFile;
  readonly source: IngestSource;
  readonly isReplaced: boolean;
  /** Who is told how it ends; none by default. */
  readonly subscriptions?: readonly CheckedRequest[];
}

/** A subscription whose target can be called. */
type CheckedRequest = SubscriptionRequest & { readonly channel: 'webhook' | 'email' };

/** Stores that content is to come to a path, says so in its history, and rings for whoever brings it. */
export function queueTransfer(
  { context, viewer }: Pick<UploadPlace, 'context' | 'viewer'>,
  { target, source, isReplaced, subscriptions = [] }: QueuedTransfer,
): Promise<{ readonly id: FileTransferId; readonly receipt: FileReceipt }> {
  const id = context.newId('fileTransfer');
  const { username } = viewer;
  const state = {
    owner: username,
    format: source.format,
    status: 'STAGING_QUEUED',
    source: source.uri,
  } as const;
  return inTransaction(context.db, async (tx) => {
    const { uuid } = await saveFile(tx, target, state, context.newId('file'));
    // First: what happens from here on is matched with them.
    await subscribe(tx, context, { uuid, username }, subscriptions);
    const receipt = await recordDoneIn(tx, context, username, {
      asked: target,
      events: [
        ...(isReplaced ? [] : [{ name: 'CREATED' as const }]),
        { name: 'STAGING_QUEUED', description: `${source.uri} is to be fetched` },
      ],
      state,
    });
    await insertFileTransfer(tx, {
      id,
      file_uuid: uuid,
      source: source.uri,
      username,
    });
    await queueTasks(tx, [{ task: 'ingest', subject: id }]);
    return { id, receipt };
  });
}

function checkSubscriptions({ context }: UploadPlace, asked: FileIngestRequest): readonly CheckedRequest[] {
  return subscriptionsOfIngest(asked).map((request, index) => {
    const target = checkTarget(context, request.url, 'file');
    if ('channel' in target) return { ...request, channel: target.channel };
    const field = asked.notifications === undefined ? 'callbackUrl' : `notifications.${index}.url`;
    throw new ApiError('request.invalid', { problems: [{ field, message: target.problem }] });
  });
}

async function subscribe(
  tx: Db,
  context: HttpContext,
  { uuid, username }: { readonly uuid: FileId; readonly username: string },
  requests: readonly CheckedRequest[],
): Promise<void> {
  const rows = requests.map(({ channel, ...request }) =>
    newSubscription(context, username, {
      request,
      associatedUuid: uuid,
      secret: null,
      checked: { kind: 'file', channel },
    }),
  );
  for (const subscription of await insertSubscriptions(tx, rows))
    await recordSubscriptionEvent(context, tx, subscription, { name: 'CREATED', by: username });
}

async function checkSource(place: UploadPlace, written: string): Promise<IngestSource> {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(written))
    throw refuse('expected an address with its scheme, such as https://host/path');
  const location = parseInputUri(written, { systemId: '' });
  if (location.kind === 'invalid') throw refuse(location.reason);
  if (location.kind === 'system') return checkSystemSource(place, location);
  const why = place.context.targets.whyNotUrl(location.url);
  if (why !== null) throw refuse(`cannot be fetched: ${why}`);
  return { uri: location.url, name: location.name, format: 'raw' };
}

async function checkSystemSource(
  { context, viewer }: UploadPlace,
  { systemId, path }: { readonly systemId: string; readonly path: string },
): Promise<IngestSource> {
  const system = await findViewedSystem(context.db, viewer, systemId);
  if (system === null) {
    throw new ApiError('input.not-permitted', {
      message: `No system with the id "${systemId}" is visible to you.`,
    });
  }
  const file = fileOn(system, path);
  await requireAccess(context, viewer, file, 'mayRead');
  const { storage } = await context.targets.getPlace(system.id);
  const found = await onStorage(() => storage.find(file.path));
  if (found === null) throw refuse(`there is no file or directory at ${fileUri(file)}`);
  return {
    uri: fileUri(file),
    name: baseName(file.path),
    format: found.type === 'dir' ? 'folder' : 'raw',
  };
}

function refuse(message: string): ApiError {
  return new ApiError('request.invalid', { problems: [{ field: 'urlToIngest', message }] });
}
