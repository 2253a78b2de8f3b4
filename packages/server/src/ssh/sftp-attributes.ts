import type { PacketReader } from './sftp-wire.ts';
import { encodeUint32 } from './sftp-wire.ts';

/** What a server tells of a file; null: it does not tell. */
export interface SftpAttributes {
  readonly sizeBytes: number | null;
  readonly ownerId: number | null;
  /** Type and permission bits as of stat(2). */
  readonly mode: number | null;
  /** In whole seconds. */
  readonly modifiedAt: Date | null;
}

/** Which attributes follow: draft-ietf-secsh-filexfer-02, section 5. */
const HAS = { size: 0x1, owner: 0x2, permissions: 0x4, times: 0x8, extended: 0x80000000 } as const;

/** Attributes of a new file: its permission bits, or nothing. */
export function encodeMode(mode: number | undefined): Buffer {
  if (mode === undefined) return encodeUint32(0);
  return Buffer.concat([encodeUint32(HAS.permissions), encodeUint32(mode)]);
}

/** Reads attributes out of an answer. */
export function readAttributes(reader: PacketReader): SftpAttributes {
  const flags = reader.uint32();
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const sizeBytes = has(HAS.size) ? reader.uint64() : null;
  const [ownerId] = has(HAS.owner) ? [reader.uint32(), reader.uint32()] : [null];
  const mode = has(HAS.permissions) ? reader.uint32() : null;
  const [, modified] = has(HAS.times) ? [reader.uint32(), reader.uint32()] : [];
  if (has(HAS.extended)) skipExtended(reader);
  return { sizeBytes, ownerId, mode, modifiedAt: modified === undefined ? null : new Date(modified * 1000) };
}

function skipExtended(reader: PacketReader): void {
  for (let left = reader.uint32(); left > 0; left -= 1) {
    reader.string();
    reader.string();
  }
}
