import type { kindOf } from './file-kind.ts';

/**
 * What a copy worker does. Directories and files are descriptors of this process, which its threads share: they were
 * reached without following a link, and names in them are opened without following one.
 */
export type CopyRequest =
  | LookAtEntries
  | ReadFiles
  | WriteParts
  | RenameParts
  | PumpSlice
  | HashSlice
  | HashBlock
  | EndHash;

/** Names of one directory; a string, or its bytes when it is no text. */
export type EntryName = string | Uint8Array;

/** Looks at entries of a directory, following no link. */
export interface LookAtEntries {
  readonly kind: 'look';
  readonly directory: number;
  readonly names: readonly EntryName[];
}

/** What an entry is; null for one that has vanished. */
export type SeenEntry = {
  readonly kind: ReturnType<typeof kindOf>;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly mode: number;
} | null;

/** Reads small files whole, all into one buffer. */
export interface ReadFiles {
  readonly kind: 'read';
  readonly directory: number;
  readonly files: readonly {
    readonly name: EntryName;
    readonly sizeBytes: number;
    readonly modifiedMs: number;
  }[];
}

/** Where each file lies in the buffer; null for one that is not as it was listed. */
export interface ReadAnswer {
  readonly buffer: Uint8Array<ArrayBuffer>;
  readonly places: readonly (readonly [start: number, end: number] | null)[];
}

/** Writes files under part names; syncs each unless its whole file system is synced later. */
export interface WriteParts {
  readonly kind: 'write';
  readonly directory: number;
  readonly files: readonly { readonly part: string; readonly bytes: Uint8Array; readonly mode: number }[];
  readonly syncs: boolean;
}

/** Gives parts their final names. */
export interface RenameParts {
  readonly kind: 'rename';
  readonly directory: number;
  readonly files: readonly { readonly part: string; readonly name: EntryName }[];
}

/** Which of the files were done; the part of one that was not is gone. */
export type DoneAnswer = readonly boolean[];

/** Copies bytes of an open file to the same place of another; yields how many there were. */
export interface PumpSlice {
  readonly kind: 'pump';
  readonly from: number;
  readonly to: number;
  readonly position: number;
  readonly lengthBytes: number;
}

/** Adds bytes of an open file to a running SHA-256; its number is the asker's, and its slices come in order. */
export interface HashSlice {
  readonly kind: 'hash';
  readonly id: number;
  readonly fd: number;
  readonly position: number;
  readonly lengthBytes: number;
}

/** The same of a block of memory, which is the worker's until it comes back with the answer. */
export interface HashBlock {
  readonly kind: 'hash-block';
  readonly id: number;
  readonly buffer: Uint8Array<ArrayBuffer>;
  readonly lengthBytes: number;
}

/** The block that was handed over. */
export interface BlockAnswer {
  readonly buffer: Uint8Array<ArrayBuffer>;
}

/** Yields the hash, hexadecimal, and forgets it. */
export interface EndHash {
  readonly kind: 'end-hash';
  readonly id: number;
}

/** What each request is answered with. */
export interface CopyAnswers {
  readonly look: readonly SeenEntry[];
  readonly read: ReadAnswer;
  readonly write: DoneAnswer;
  readonly rename: DoneAnswer;
  readonly pump: number;
  readonly hash: number;
  readonly 'hash-block': BlockAnswer;
  readonly 'end-hash': string;
}

/** A numbered request on its way to a worker. */
export interface CopyMessage {
  readonly number: number;
  readonly request: CopyRequest;
}

/** Its answer, or what went wrong: `code` is that of a system error. */
export type CopyReply =
  | { readonly number: number; readonly answer: CopyAnswers[CopyRequest['kind']] }
  | { readonly number: number; readonly failure: { readonly message: string; readonly code: string | null } };
