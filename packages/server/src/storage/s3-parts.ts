import { discard } from './http-call.ts';
import type { S3Client } from './s3-client.ts';
import { childrenOf, childText, type XmlElement } from './s3-xml.ts';

/** Which uploads to give up. */
export interface OldUploads {
  readonly prefix: string;
  /** Those are kept of which a part was written since. */
  readonly writtenBefore: Date;
  readonly what: string;
}

/** Aborts the uploads in parts below a prefix that nobody goes on with: their parts are seen by nobody, but paid for. */
export async function abortOldUploads(
  client: S3Client,
  { prefix, writtenBefore, what }: OldUploads,
): Promise<void> {
  for await (const { key, uploadId, initiatedAt } of listUploads(client, prefix, what)) {
    if (initiatedAt >= writtenBefore) continue;
    if ((await lastWritten(client, { key, uploadId, what })) >= writtenBefore) continue;
    await discard(await client.send({ method: 'DELETE', key, query: { uploadId }, what, expected: [404] }));
  }
}

interface ListedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiatedAt: Date;
}

async function* listUploads(client: S3Client, prefix: string, what: string): AsyncGenerator<ListedUpload> {
  let after: Readonly<Record<string, string>> = {};
  while (true) {
    const query = { uploads: '', prefix, ...after };
    const xml: XmlElement = await client.sendForXml({ method: 'GET', key: null, query, what });
    for (const entry of childrenOf(xml, 'Upload')) {
      yield {
        key: childText(entry, 'Key') ?? '',
        uploadId: childText(entry, 'UploadId') ?? '',
        initiatedAt: readTime(childText(entry, 'Initiated')),
      };
    }
    if (childText(xml, 'IsTruncated') !== 'true') return;
    after = {
      'key-marker': childText(xml, 'NextKeyMarker') ?? '',
      'upload-id-marker': childText(xml, 'NextUploadIdMarker') ?? '',
    };
  }
}

async function lastWritten(
  client: S3Client,
  { key, uploadId, what }: { readonly key: string; readonly uploadId: string; readonly what: string },
): Promise<Date> {
  let last = new Date(0);
  let marker: string | null = null;
  do {
    const query = { uploadId, ...(marker !== null && { 'part-number-marker': marker }) };
    const xml: XmlElement = await client.sendForXml({ method: 'GET', key, query, what });
    for (const part of childrenOf(xml, 'Part')) {
      const writtenAt = readTime(childText(part, 'LastModified'));
      if (writtenAt > last) last = writtenAt;
    }
    marker = childText(xml, 'IsTruncated') === 'true' ? childText(xml, 'NextPartNumberMarker') : null;
  } while (marker !== null);
  return last;
}

/** What cannot be read counts as now: nothing is given up for it. */
function readTime(text: string | null): Date {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? new Date() : new Date(time);
}
