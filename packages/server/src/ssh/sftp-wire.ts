/** Types of packets: draft-ietf-secsh-filexfer-02, section 3. */
export const PACKET = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  stat: 17,
  rename: 18,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attributes: 105,
  extended: 200,
  extendedReply: 201,
} as const;

/** Any data packet of at most 32 KiB is taken by every server; OpenSSH sends none above 256 KiB. */
const MAX_PACKET_BYTES = 257 * 1024;

/** The other side broke the protocol. */
export class SftpProtocolError extends Error {
  override readonly name = 'SftpProtocolError';
  /** The same word as that of a host that cannot be used: see `isUnreachable` of the domain. */
  readonly code = 'unreachable';
}

/** A number of 32 bits. */
export function encodeUint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A position in a file. */
export function encodeUint64(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** Bytes after their length; text is UTF-8. */
export function encodeString(value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([encodeUint32(bytes.length), bytes]);
}

/** A request: length, type, number, fields; in pieces, so that data is copied only where it is sent. */
export function encodePacket(type: number, id: number, fields: readonly Buffer[]): readonly Buffer[] {
  const head = Buffer.allocUnsafe(9);
  head.writeUInt32BE(
    fields.reduce((sum, field) => sum + field.length, 5),
    0,
  );
  head[4] = type;
  head.writeUInt32BE(id, 5);
  return [head, ...fields];
}

/** Reads the fields of a packet in their order; throws {@link SftpProtocolError} when they are not there. */
export class PacketReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get hasMore(): boolean {
    return this.#position < this.#bytes.length;
  }

  byte(): number {
    return this.#take(1).readUInt8();
  }

  uint32(): number {
    return this.#take(4).readUInt32BE();
  }

  /** Values past 2^53 lose their last digits, which no size or count here has. */
  uint64(): number {
    return Number(this.#take(8).readBigUInt64BE());
  }

  /** A view, no copy. */
  string(): Buffer {
    return this.#take(this.uint32());
  }

  text(): string {
    return this.string().toString('utf8');
  }

  #take(length: number): Buffer {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new SftpProtocolError('a packet is shorter than its fields');
    const bytes = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return bytes;
  }
}

/** Cuts a stream of bytes into packets, without their length; most are views of the chunk they came in. */
export function createPacketSplitter(onPacket: (bytes: Buffer) => void): (chunk: Buffer) => void {
  let pieces: Buffer[] = [];
  let available = 0;

  function join(): Buffer {
    const [first] = pieces;
    const joined = pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
    pieces = [joined];
    return joined;
  }

  return (chunk) => {
    pieces.push(chunk);
    available += chunk.length;
    while (available >= 4) {
      const first = pieces[0];
      const length = (first !== undefined && first.length >= 4 ? first : join()).readUInt32BE();
      if (length === 0 || length > MAX_PACKET_BYTES) {
        throw new SftpProtocolError(`expected a packet of at most ${MAX_PACKET_BYTES} bytes, got ${length}`);
      }
      if (available < 4 + length) return;
      const joined = join();
      const rest = joined.subarray(4 + length);
      pieces = rest.length > 0 ? [rest] : [];
      available = rest.length;
      onPacket(joined.subarray(4, 4 + length));
    }
  };
}
