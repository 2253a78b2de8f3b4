import type { QueryInputOf } from '@arras/contract';
import type { FileAddress } from './file-address.ts';
import type { Link } from './link.ts';
import type { Call, CallOptions, UploadContent } from './operation.ts';
import { placeOf, type ReadFileNews, type ReadFileOptions, readFile } from './read-file.ts';

/** Which part of which version of a file. */
export interface DownloadOptions {
  /** Such as `bytes=1024-`. */
  readonly range?: string | undefined;
  /** The `lastModified` of an earlier answer, or its `etag` if it is a strong one: only of that version a part. */
  readonly ifRange?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How to send something. */
export interface UploadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Files on storage systems and on the storage of execution systems. */
export function fileCalls(call: Call, link: Link) {
  return {
    /** A page of a directory, the directory itself first under the name `.`; of a file the file. */
    list: (at: FileAddress = {}, query: QueryInputOf<'listFiles'> = {}) =>
      call('listFiles', { params: paramsOf(at), query }),
    /** The bytes of a file, or of a part of it. */
    download: (at: FileAddress, { range, ifRange, signal }: DownloadOptions = {}) =>
      call('downloadFile', { params: paramsOf(at), headers: { range, 'if-range': ifRange }, signal }),
    /** A zip archive of a directory. */
    downloadZip: (at: FileAddress, { signal }: { readonly signal?: AbortSignal | undefined } = {}) =>
      call('downloadFile', { params: paramsOf(at), query: { zip: true }, signal }),
    /** The bytes of a file to its end, through lost connections; see {@link readFile}. */
    read: (at: FileAddress, options: ReadFileOptions = {}): AsyncGenerator<ReadFileNews, void> =>
      readFile(
        ({ range, ifRange, signal }) =>
          link.call('downloadFile', {
            params: paramsOf(at),
            headers: { range, 'if-range': ifRange },
            signal,
          }),
        placeOf(link, options),
        options,
      ),
    /** Sends a file into a directory, which is made if it is not there; a file of the name is replaced. */
    upload: (directory: FileAddress, content: UploadContent, { signal }: UploadOptions = {}) =>
      call('uploadFile', { params: paramsOf(directory), content, signal }),
    /** Lets the service fetch a file from elsewhere into a directory, in the background. */
    ingest: (directory: FileAddress, body: NonNullable<CallOptions<'uploadFile'>['body']>) =>
      call('uploadFile', { params: paramsOf(directory), body }),
    /** Makes the directory at this path below the one of the address, and those above it. */
    mkdir: (at: FileAddress, path: string) => manage(call, at, { action: 'mkdir', path }),
    /** Gives a file or directory another name where it is. */
    rename: (at: FileAddress, name: string) => manage(call, at, { action: 'rename', path: name }),
    /** Copies to a path of the same system. What takes long goes on in the background; the history tells. */
    copy: (at: FileAddress, path: string) => manage(call, at, { action: 'copy', path }),
    /** Moves to a path of the same system. */
    move: (at: FileAddress, path: string) => manage(call, at, { action: 'move', path }),
    /** Deletes a file, or a directory with all that is in it. */
    delete: (at: FileAddress) => call('deleteFile', { params: paramsOf(at) }),
    /** What was done with a path through the service, oldest first. */
    history: (at: FileAddress, query: QueryInputOf<'listFileHistory'> = {}) =>
      call('listFileHistory', { params: paramsOf(at), query }),
    permissions: {
      list: (at: FileAddress, query: QueryInputOf<'listFilePermissions'> = {}) =>
        call('listFilePermissions', { params: paramsOf(at), query }),
      /** Replaces what the user had; NONE takes everything away. */
      grant: (at: FileAddress, body: CallOptions<'grantFilePermission'>['body']) =>
        call('grantFilePermission', { params: paramsOf(at), body }),
      /** Takes away all that was granted for this path. */
      drop: (at: FileAddress) => call('revokeFilePermissions', { params: paramsOf(at) }),
    },
  };
}

function manage(call: Call, at: FileAddress, body: CallOptions<'manageFile'>['body']) {
  return call('manageFile', { params: paramsOf(at), body });
}

/** Parameters that are not given are left out: the address then is the one without them. */
function paramsOf({ systemId, path }: FileAddress): CallOptions<'listFiles'>['params'] {
  return { ...(systemId !== undefined && { systemId }), ...(path !== undefined && path !== '' && { path }) };
}
