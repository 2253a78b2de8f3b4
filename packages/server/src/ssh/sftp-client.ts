import type { Duplex } from 'node:stream';
import { encodeMode, readAttributes, type SftpAttributes } from './sftp-attributes.ts';
import { createSftpRequests, type SftpAnswer, type SftpRequests } from './sftp-requests.ts';
import { encodeString, encodeUint32, encodeUint64, PACKET, SftpProtocolError } from './sftp-wire.ts';
import type { SshUnavailable } from './ssh-host.ts';

/** What the server calls an open file or directory. */
export type SftpHandle = Buffer;

/** An entry of a directory as the server tells it: the name may be anything. */
export interface SftpEntry {
  readonly name: Buffer;
  readonly attributes: SftpAttributes;
}

/** Bytes to be copied by the server: at least one, or it would take all to the end of the file. */
export interface SftpDataCopy {
  readonly from: SftpHandle;
  readonly to: SftpHandle;
  readonly position: number;
  readonly lengthBytes: number;
}

/** What is known of a file system. */
export interface SftpSpace {
  /** Bytes that the account may still write, as far as the file system's own count says. */
  readonly freeBytes: number;
  readonly fileSystemId: number;
  readonly isReadOnly: boolean;
}

/** Flags of opening: draft-ietf-secsh-filexfer-02, section 6.3. */
export const SFTP_OPEN = { read: 0x1, create: 0x2 | 0x8 | 0x20, resume: 0x2 | 0x8 } as const;

/**
 * A session of SFTP version 3. Names are bytes, as on disk. Requests are sent at once and answered in any order;
 * each rejects with {@link SftpRefusal} when the server says no and with {@link SshUnavailable} when the session ends.
 * OpenSSH's server works in the order of the requests, and any server must for one file.
 */
export interface SftpClient {
  /** Extensions that the server announced, with their versions. */
  readonly extensions: ReadonlyMap<string, string>;
  /** Bytes of one read or write that the server takes. */
  readonly chunkBytes: number;
  /** Resolves with the reason when the session is over. */
  readonly ended: Promise<SshUnavailable>;
  /**
   * `SFTP_OPEN.create` makes a new file and follows no link; `resume` opens one that may be there, through a link too.
   * Without a mode the server's umask decides.
   */
  openFile(path: Buffer, flags: number, mode?: number): Promise<SftpHandle>;
  openDirectory(path: Buffer): Promise<SftpHandle>;
  close(handle: SftpHandle): Promise<void>;
  /** As many bytes as the server gives, at least one; null at the end of the file. */
  read(handle: SftpHandle, position: number, length: number): Promise<Buffer | null>;
  /** At most `chunkBytes`. */
  write(handle: SftpHandle, position: number, bytes: Buffer): Promise<void>;
  /** Copies bytes of an open file to the same place of another; needs `copy-data`. */
  copyData(copy: SftpDataCopy): Promise<void>;
  /** One page of entries; null after the last. */
  readDirectory(handle: SftpHandle): Promise<readonly SftpEntry[] | null>;
  /** Follows links; `lstat` does not. */
  stat(path: Buffer): Promise<SftpAttributes>;
  lstat(path: Buffer): Promise<SftpAttributes>;
  fstat(handle: SftpHandle): Promise<SftpAttributes>;
  setMode(handle: SftpHandle, mode: number): Promise<void>;
  remove(path: Buffer): Promise<void>;
  makeDirectory(path: Buffer): Promise<void>;
  removeDirectory(path: Buffer): Promise<void>;
  /** Fails when something has the new name. */
  rename(from: Buffer, to: Buffer): Promise<void>;
  /** Replaces what has the new name, in one step; needs `posix-rename@openssh.com`. */
  replace(from: Buffer, to: Buffer): Promise<void>;
  /** Brings an open file or directory to disk; needs `fsync@openssh.com`. */
  sync(handle: SftpHandle): Promise<void>;
  /** Needs `statvfs@openssh.com`. */
  readSpace(path: Buffer): Promise<SftpSpace>;
  end(): void;
}

/** What every server takes: section 3 of the draft. */
const SAFE_CHUNK_BYTES = 32 * 1024;
/** Larger chunks gain nothing over loopback and would make a stalled download hold more. */
const MAX_CHUNK_BYTES = 128 * 1024;

/** statvfs(3): the file system is mounted read-only. */
const READ_ONLY = 0x1;

/** Begins a session on a channel whose other end is an SFTP server, and ends the channel with it. */
export async function createSftpClient(channel: Duplex): Promise<SftpClient> {
  const requests = createSftpRequests(channel);
  const extensions = await requests.begin();
  return {
    extensions,
    chunkBytes: extensions.has('limits@openssh.com') ? await askChunkBytes(requests) : SAFE_CHUNK_BYTES,
    ended: requests.ended,
    end: requests.end,
    ...fileRequests(requests),
    ...nameRequests(requests),
  };
}

/** https://github.com/openssh/openssh-portable/blob/master/PROTOCOL, section 4.8: packet, read, write, open handles. */
async function askChunkBytes({ ask }: SftpRequests): Promise<number> {
  const { reader } = expect(
    await ask(PACKET.extended, encodeString('limits@openssh.com')),
    PACKET.extendedReply,
  );
  reader.uint64();
  const limits = [reader.uint64(), reader.uint64()].filter((limit) => limit > 0);
  return Math.min(MAX_CHUNK_BYTES, ...limits);
}

type FileRequests = Pick<
  SftpClient,
  | 'openFile'
  | 'openDirectory'
  | 'close'
  | 'read'
  | 'write'
  | 'copyData'
  | 'readDirectory'
  | 'fstat'
  | 'setMode'
  | 'sync'
>;

function fileRequests({ ask, tell, askUntilEnd }: SftpRequests): FileRequests {
  const open = async (type: number, ...fields: Buffer[]): Promise<SftpHandle> =>
    // A copy: the answer is a view of a whole chunk of the connection.
    Buffer.from(expect(await ask(type, ...fields), PACKET.handle).reader.string());
  return {
    openFile: (path, flags, mode) =>
      open(PACKET.open, encodeString(path), encodeUint32(flags), encodeMode(mode)),
    openDirectory: (path) => open(PACKET.opendir, encodeString(path)),
    close: (handle) => tell(PACKET.close, encodeString(handle)),
    read: async (handle, position, length) => {
      const answer = await askUntilEnd(
        PACKET.read,
        encodeString(handle),
        encodeUint64(position),
        encodeUint32(length),
      );
      if (answer === null) return null;
      const bytes = expect(answer, PACKET.data).reader.string();
      if (bytes.length === 0 || bytes.length > length) {
        throw new SftpProtocolError(`expected 1 to ${length} bytes, got ${bytes.length}`);
      }
      return bytes;
    },
    write: (handle, position, bytes) =>
      tell(PACKET.write, encodeString(handle), encodeUint64(position), encodeUint32(bytes.length), bytes),
    readDirectory: async (handle) => {
      const answer = await askUntilEnd(PACKET.readdir, encodeString(handle));
      return answer === null ? null : readEntries(expect(answer, PACKET.name));
    },
    fstat: async (handle) =>
      readAttributes(expect(await ask(PACKET.fstat, encodeString(handle)), PACKET.attributes).reader),
    setMode: (handle, mode) => tell(PACKET.fsetstat, encodeString(handle), encodeMode(mode)),
    // The same document, section 4.12 (copy-data, of draft-ietf-secsh-filexfer-extensions-00).
    copyData: ({ from, to, position, lengthBytes }) =>
      tell(
        PACKET.extended,
        encodeString('copy-data'),
        encodeString(from),
        encodeUint64(position),
        encodeUint64(lengthBytes),
        encodeString(to),
        encodeUint64(position),
      ),
    sync: (handle) => tell(PACKET.extended, encodeString('fsync@openssh.com'), encodeString(handle)),
  };
}

type NameRequests = Pick<
  SftpClient,
  'stat' | 'lstat' | 'remove' | 'makeDirectory' | 'removeDirectory' | 'rename' | 'replace' | 'readSpace'
>;

function nameRequests({ ask, tell }: SftpRequests): NameRequests {
  const look = async (type: number, path: Buffer): Promise<SftpAttributes> =>
    readAttributes(expect(await ask(type, encodeString(path)), PACKET.attributes).reader);
  return {
    stat: (path) => look(PACKET.stat, path),
    lstat: (path) => look(PACKET.lstat, path),
    remove: (path) => tell(PACKET.remove, encodeString(path)),
    makeDirectory: (path) => tell(PACKET.mkdir, encodeString(path), encodeMode(undefined)),
    removeDirectory: (path) => tell(PACKET.rmdir, encodeString(path)),
    rename: (from, to) => tell(PACKET.rename, encodeString(from), encodeString(to)),
    replace: (from, to) =>
      tell(PACKET.extended, encodeString('posix-rename@openssh.com'), encodeString(from), encodeString(to)),
    readSpace: async (path) =>
      readSpace(
        expect(
          await ask(PACKET.extended, encodeString('statvfs@openssh.com'), encodeString(path)),
          PACKET.extendedReply,
        ),
      ),
  };
}

function readEntries({ reader }: SftpAnswer): readonly SftpEntry[] {
  const entries: SftpEntry[] = [];
  for (let left = reader.uint32(); left > 0; left -= 1) {
    const name = reader.string();
    // The entry as a line of `ls -l`, for people only.
    reader.string();
    entries.push({ name, attributes: readAttributes(reader) });
  }
  return entries;
}

/** The same document, section 4.2: the eleven fields of struct statvfs. */
function readSpace({ reader }: SftpAnswer): SftpSpace {
  const [, fragmentBytes = 0, , , availableBlocks = 0, , , , fileSystemId = 0, flags = 0] = Array.from(
    { length: 11 },
    () => reader.uint64(),
  );
  return { freeBytes: fragmentBytes * availableBlocks, fileSystemId, isReadOnly: (flags & READ_ONLY) !== 0 };
}

function expect(answer: SftpAnswer, type: number): SftpAnswer {
  if (answer.type === type) return answer;
  throw new SftpProtocolError(`expected an answer of type ${type}, got ${answer.type}`);
}
