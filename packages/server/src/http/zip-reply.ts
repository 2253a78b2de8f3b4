import { ApiError } from '@arras/contract';
import { attachmentOf } from '../domain/content-disposition.ts';
import { isWorthCompressing } from '../domain/media-types.ts';
import { StorageError } from '../storage/storage.ts';
import { type ZipTree, zipTree } from '../storage/zip-tree.ts';
import type { BytesReply } from './reply.ts';

/** A directory as an archive `name.zip`. Throws ApiError `zip.too-large`. */
export async function zipReply(
  tree: Pick<ZipTree, 'storage' | 'path' | 'isExcluded'>,
  name: string,
): Promise<BytesReply> {
  try {
    return {
      kind: 'bytes',
      body: await zipTree({ ...tree, isCompressible: isWorthCompressing }),
      headers: {
        'content-type': 'application/zip',
        'content-disposition': attachmentOf(`${name}.zip`),
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    };
  } catch (error) {
    if (!(error instanceof StorageError && error.code === 'unsupported')) throw error;
    throw new ApiError('zip.too-large', { message: `${error.message}.`, cause: error });
  }
}
