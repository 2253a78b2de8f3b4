import type { S3Client } from './s3-client.ts';
import { childrenOf, childText, type XmlElement } from './s3-xml.ts';

/** One object of a listing. */
export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

/** One page of a listing. */
export interface ListedPage {
  readonly objects: readonly ListedObject[];
  /** Prefixes that hold further keys; only of a listing of one level. */
  readonly prefixes: readonly string[];
}

/** What to list. */
export interface Listing {
  readonly prefix: string;
  /** Only what is right below the prefix, in directories of `/` (default false: every key). */
  readonly oneLevel?: boolean;
  /** At most so many entries a page, 1000 by default and at most. */
  readonly pageSize?: number;
  readonly what: string;
  readonly signal?: AbortSignal;
}

/** The pages of a listing, one after the other (ListObjectsV2). */
export async function* listPages(client: S3Client, listing: Listing): AsyncGenerator<ListedPage> {
  const { prefix, oneLevel = false, pageSize = 1000, what, signal } = listing;
  let token: string | null = null;
  do {
    const xml: XmlElement = await client.sendForXml({
      method: 'GET',
      key: null,
      query: {
        'list-type': '2',
        // XML cannot hold every character that a key can.
        'encoding-type': 'url',
        'max-keys': String(pageSize),
        prefix,
        ...(oneLevel && { delimiter: '/' }),
        ...(token !== null && { 'continuation-token': token }),
      },
      what,
      ...(signal && { signal }),
    });
    yield readPage(xml);
    token = childText(xml, 'IsTruncated') === 'true' ? childText(xml, 'NextContinuationToken') : null;
  } while (token !== null);
}

function readPage(xml: XmlElement): ListedPage {
  const decode = childText(xml, 'EncodingType') === 'url' ? decodeKey : (key: string) => key;
  return {
    objects: childrenOf(xml, 'Contents').map((entry) => ({
      key: decode(childText(entry, 'Key') ?? ''),
      sizeBytes: Number(childText(entry, 'Size')),
      modifiedAt: wholeSeconds(childText(entry, 'LastModified') ?? ''),
    })),
    prefixes: childrenOf(xml, 'CommonPrefixes').map((entry) => decode(childText(entry, 'Prefix') ?? '')),
  };
}

/** Stores encode blanks either way; a plus itself comes as `%2B`. */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

/** `2026-11-24T12:30:00.512Z`: cut to the seconds that the head of an object has. */
function wholeSeconds(text: string): Date {
  const time = Date.parse(text);
  return new Date(Number.isNaN(time) ? 0 : Math.floor(time / 1000) * 1000);
}
