import { discard } from './http-call.ts';
import type { S3Client } from './s3-client.ts';
import { type UploadedPart, withUpload } from './s3-upload.ts';
import { childText } from './s3-xml.ts';

/** An object to copy within its bucket. */
export interface ObjectCopy {
  readonly from: string;
  readonly to: string;
  readonly sizeBytes: number;
  /** Headers of the copy, such as its permission bits. */
  readonly headers: Readonly<Record<string, string>>;
  readonly what: string;
  readonly signal?: AbortSignal;
  readonly onBytes?: (count: number) => void;
}

/** Larger objects are copied in parts (S3 API Reference, "CopyObject": at most 5 GB). */
const ONE_COPY_BYTES = 1024 ** 3;

/** Copies an object by the store itself; the copy replaces what was there at once, when all of it is there. */
export async function copyObject(client: S3Client, copy: ObjectCopy): Promise<void> {
  if (copy.sizeBytes > ONE_COPY_BYTES) return copyInParts(client, copy);
  const { from, to, headers, what, signal, onBytes } = copy;
  await client.sendForXml({
    method: 'PUT',
    key: to,
    headers: {
      ...headers,
      'x-amz-copy-source': client.copySource(from),
      'x-amz-metadata-directive': 'REPLACE',
    },
    what,
    ...(signal && { signal }),
  });
  onBytes?.(copy.sizeBytes);
}

function copyInParts(client: S3Client, copy: ObjectCopy): Promise<void> {
  const { to, headers, what, signal, sizeBytes } = copy;
  return withUpload(client, { key: to, headers, what, ...(signal && { signal }) }, async (uploadId) => {
    const parts: UploadedPart[] = [];
    // 10,000 parts of 1 GiB hold more than the largest object.
    for (let start = 0; start < sizeBytes; start += ONE_COPY_BYTES) {
      const end = Math.min(start + ONE_COPY_BYTES, sizeBytes);
      parts.push(await copyPart(client, copy, { uploadId, number: parts.length + 1, start, end }));
      copy.onBytes?.(end - start);
    }
    return { parts, sizeBytes };
  });
}

interface CopiedPart {
  readonly uploadId: string;
  readonly number: number;
  readonly start: number;
  /** The first byte after the part. */
  readonly end: number;
}

async function copyPart(
  client: S3Client,
  { from, to, what, signal }: ObjectCopy,
  { uploadId, number, start, end }: CopiedPart,
): Promise<UploadedPart> {
  const xml = await client.sendForXml({
    method: 'PUT',
    key: to,
    query: { partNumber: String(number), uploadId },
    headers: {
      'x-amz-copy-source': client.copySource(from),
      'x-amz-copy-source-range': `bytes=${start}-${end - 1}`,
    },
    what,
    ...(signal && { signal }),
  });
  return { number, etag: childText(xml, 'ETag') ?? '' };
}

/** Removes one object; none there is no error. */
export async function removeObject(client: S3Client, key: string, what: string): Promise<void> {
  await discard(await client.send({ method: 'DELETE', key, what, expected: [404] }));
}
