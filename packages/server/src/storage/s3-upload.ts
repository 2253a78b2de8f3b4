import type { Readable } from 'node:stream';
import { discard, headerOf } from './http-call.ts';
import { cutIntoParts, type Part } from './part-cutter.ts';
import type { S3Client } from './s3-client.ts';
import { childText, escapeXml } from './s3-xml.ts';
import { StorageError } from './storage.ts';

/** What to upload, and how it is called. */
export interface Upload {
  readonly key: string;
  readonly what: string;
  /** Headers of the object, such as its permission bits. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The identifier and number of a part that was uploaded. */
export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
}

/**
 * Uploads a stream whose length nobody knows. Two parts are held in memory. What fits in the first is put as it
 * is; of more, nothing can be seen until all parts are there and the upload is completed, which replaces the object at
 * once. When anything fails the upload is aborted, so that no part is kept and paid for.
 */
export async function uploadStream(client: S3Client, source: Readable, upload: Upload): Promise<void> {
  const parts = cutIntoParts(source);
  try {
    const first = await parts.next();
    if (first.done === true)
      throw new Error('the cutter always yields a first part, empty for an empty stream');
    if (first.value.isLast) await putObject(client, upload, first.value.bytes);
    else await uploadParts(client, upload, { first: first.value, rest: parts, source });
  } finally {
    await parts.return(undefined);
    source.destroy();
  }
}

async function putObject(client: S3Client, upload: Upload, body: Buffer): Promise<void> {
  upload.signal?.throwIfAborted();
  await discard(await client.send({ ...upload, method: 'PUT', body }));
}

interface Parts {
  readonly first: Part;
  readonly rest: AsyncIterable<Part>;
  readonly source: Readable;
}

function uploadParts(client: S3Client, upload: Upload, { first, rest, source }: Parts): Promise<void> {
  return withUpload(client, upload, async (uploadId) => {
    const send = (number: number, body: Buffer): Promise<UploadedPart> => {
      const sent = uploadPart(client, upload, { uploadId, number, body });
      // A source that says nothing for long must not hide that a part was refused.
      sent.catch((error: unknown) =>
        source.destroy(error instanceof Error ? error : new Error(String(error))),
      );
      return sent;
    };
    const done: UploadedPart[] = [];
    let sizeBytes = first.bytes.length;
    let sending = send(1, first.bytes);
    try {
      // The next part is filled while this one is sent.
      for await (const { bytes } of rest) {
        done.push(await sending);
        sending = send(done.length + 1, bytes);
        sizeBytes += bytes.length;
      }
      done.push(await sending);
    } catch (error) {
      // A part that arrives after the upload was given up would be kept: so it is waited for.
      await sending.catch(() => undefined);
      throw error;
    }
    return { parts: done, sizeBytes };
  });
}

async function uploadPart(
  client: S3Client,
  { key, what, signal }: Upload,
  { uploadId, number, body }: { readonly uploadId: string; readonly number: number; readonly body: Buffer },
): Promise<UploadedPart> {
  signal?.throwIfAborted();
  const query = { partNumber: String(number), uploadId };
  const answer = await client.send({ method: 'PUT', key, query, body, what, ...(signal && { signal }) });
  await discard(answer);
  return { number, etag: headerOf(answer, 'etag') ?? '' };
}

/** What makes up a finished upload. */
export interface FinishedParts {
  readonly parts: readonly UploadedPart[];
  readonly sizeBytes: number;
}

/** Begins an upload in parts, completes it with what `work` made, looks at the size, and aborts it when anything fails. */
export async function withUpload(
  client: S3Client,
  upload: Upload,
  work: (uploadId: string) => Promise<FinishedParts>,
): Promise<void> {
  const { key, what, signal } = upload;
  const begun = await client.sendForXml({ ...upload, method: 'POST', query: { uploads: '' } });
  const uploadId = childText(begun, 'UploadId') ?? '';
  try {
    const { parts, sizeBytes } = await work(uploadId);
    signal?.throwIfAborted();
    await complete(client, upload, { uploadId, parts });
    await checkSize(client, upload, sizeBytes);
  } catch (error) {
    // Without the caller's signal, which may be what ended it. Failing here leaves parts for removeParts to find.
    await client
      .send({ method: 'DELETE', key, query: { uploadId }, what, expected: [404] })
      .then(discard)
      .catch(() => undefined);
    throw error;
  }
}

async function complete(
  client: S3Client,
  { key, what, signal }: Upload,
  { uploadId, parts }: { readonly uploadId: string; readonly parts: readonly UploadedPart[] },
): Promise<void> {
  const listed = parts.map(
    ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
  );
  const body = Buffer.from(`<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`);
  await client.sendForXml({
    method: 'POST',
    key,
    query: { uploadId },
    body,
    what,
    ...(signal && { signal }),
  });
}

async function checkSize(client: S3Client, { key, what }: Upload, sizeBytes: number): Promise<void> {
  const answer = await client.send({ method: 'HEAD', key, what });
  await discard(answer);
  const seen = Number(headerOf(answer, 'content-length'));
  if (seen === sizeBytes) return;
  throw new StorageError('corrupt', `${what}: ${sizeBytes} bytes were sent, the object store has ${seen}`);
}
