import type { QueryInputOf } from '@arras/contract';
import type { DownloadOptions } from './file-calls.ts';
import type { Call, CallOptions } from './operation.ts';

/** Addresses that answer anybody who has their postit, for a while. */
export function postitCalls(call: Call) {
  return {
    /** Those of yours that can still be used, newest first. */
    list: (query: QueryInputOf<'listPostits'> = {}) => call('listPostits', { query }),
    create: (body: CallOptions<'createPostit'>['body']) => call('createPostit', { body }),
    /** What the address of the postit answers, as bytes. Counts as one use. */
    read: (postit: string, { range, signal }: Pick<DownloadOptions, 'range' | 'signal'> = {}) =>
      call('redeemPostit', { params: { postit }, headers: { range }, signal }),
    delete: (postit: string) => call('deletePostit', { params: { postit } }),
  };
}
