import { ApiError, fileIngestRequestSchema, parseBody } from '@arras/contract';
import { findAskedFile, requireAccess } from '../files/asked-file.ts';
import { type FormFields, readMultipart } from '../files/multipart.ts';
import { requireDirectory } from '../files/new-file.ts';
import { queueIngest } from '../files/queue-ingest.ts';
import {
  noFile,
  placeUpload,
  recordUpload,
  type StoredUpload,
  storeUpload,
  type UploadPlace,
} from '../files/receive-upload.ts';
import { onStorage } from '../files/storage-refusal.ts';
import type { Handler, HandlerRequest } from '../handler.ts';
import { answer } from '../reply.ts';

export const uploadFile: Handler<'uploadFile'> = async (request) => {
  const { context, viewer, body, raw } = request;
  try {
    const directory = await findAskedFile(request);
    await requireAccess(context, viewer, directory, 'mayWrite');
    const { storage } = await context.targets.getPlace(directory.systemId);
    const place = { context, viewer, storage, directory };
    await onStorage(() => requireDirectory(storage, directory));
    if (body !== undefined) return answer(await queueIngest(place, body));
    return answer(await receive(request, place));
  } catch (error) {
    // The rest of a form may be long, and nobody wants it any more.
    if (body === undefined) raw.reply.header('connection', 'close');
    throw error;
  }
};

async function receive({ context, raw }: HandlerRequest<'uploadFile'>, place: UploadPlace) {
  const maxBytes = context.maxUploadBytes;
  refuseTooLong(raw.request.headers['content-length'], maxBytes);
  return onStorage(async () => {
    let stored: StoredUpload | null = null;
    try {
      const fields = await readMultipart(raw.request.raw, {
        maxBytes,
        onFile: async (name, content, known) => {
          stored = await storeUpload(place, name, content, known);
        },
      });
      if (stored === null) return await queueIngest(place, readIngest(fields));
      return await recordUpload(place, await placeUpload(place, stored, fields));
    } catch (error) {
      await discard(place, stored);
      throw error;
    }
  });
}

/** A form around the content adds a little. */
const FORM_BYTES = 1024 * 1024;

/** Before any of it is read. */
function refuseTooLong(contentLength: string | undefined, maxBytes: number | null): void {
  if (maxBytes === null || Number(contentLength ?? 0) <= maxBytes + FORM_BYTES) return;
  throw new ApiError('request.too-large');
}

/** A form without a file may name an address instead. */
function readIngest(fields: FormFields) {
  if (!fields.has('urlToIngest') && !fields.has('url')) throw noFile();
  const parsed = parseBody(fileIngestRequestSchema, Object.fromEntries(fields));
  if (parsed.ok) return parsed.value;
  throw new ApiError('request.invalid', { problems: parsed.problems });
}

/** What was stored before the form turned out to be wrong is no upload. */
async function discard({ storage }: UploadPlace, stored: StoredUpload | null): Promise<void> {
  // What replaced another file already is all that there is of it.
  const isAllThereIs = stored?.isReplaced === true && stored.at === stored.target.path;
  if (stored !== null && !isAllThereIs) await storage.remove(stored.at);
}
