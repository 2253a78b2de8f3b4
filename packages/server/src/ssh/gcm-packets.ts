import { createCipheriv, createDecipheriv, createSecretKey, randomFillSync } from 'node:crypto';

/** Ciphers of RFC 5647 by their names in OpenSSL. */
export type GcmName = 'aes-128-gcm' | 'aes-256-gcm';

/** What both directions of a connection are made of. */
interface GcmParts {
  readonly name: GcmName;
  readonly key: Uint8Array;
  /** Twelve bytes; the last eight count packets. */
  readonly iv: Uint8Array;
  /** How many packets went before in this direction, modulo 2^32. */
  readonly packets: number;
}

/** What the library calls to send packets; its words. */
export interface PacketCipher {
  outSeqno: number;
  /** Room for a payload from byte 5 on; to be encrypted before another is asked for. */
  allocPacket(payloadBytes: number): Buffer;
  encrypt(packet: Buffer): void;
  free(): void;
}

/** What the library calls with what has come; its words. */
export interface PacketDecipher {
  inSeqno: number;
  /** Replaced by the library when keys are renewed. */
  _onPayload: OnPayload;
  /** Where to go on in `data`, when whoever took a payload says so. Throws when a packet is not the host's. */
  decrypt(data: Buffer, position: number, length: number): number | undefined;
  free(): void;
}

/** `false` when the library wants the bytes after this packet handed to another decipher; a number says where. */
export type OnPayload = (payload: Buffer) => number | false | undefined;

const LENGTH_BYTES = 4;
const TAG_BYTES = 16;
const BLOCK_BYTES = 16;
/** RFC 4253, section 6: at least four bytes of padding. */
const MIN_PADDING_BYTES = 4;
/** RFC 4253, section 6.1: what every side must take; also the library's own bound. */
const MAX_PACKET_BYTES = 35_000;

/**
 * Sends packets by AES-GCM. All are built in the same memory, because what is sent is the copy that encryption makes:
 * the library builds and sends each without a pause.
 */
export function createGcmCipher(
  parts: GcmParts & { readonly onWrite: (bytes: Buffer) => void },
): PacketCipher {
  const { name, onWrite } = parts;
  const key = createSecretKey(parts.key);
  const iv = createPacketCounter(parts.iv);
  const pad = createPadding();
  let room = Buffer.allocUnsafeSlow(MAX_PACKET_BYTES);
  let isFree = false;
  return {
    outSeqno: parts.packets,
    allocPacket: (payloadBytes) => {
      const plainBytes = 1 + payloadBytes;
      let padding = BLOCK_BYTES - (plainBytes % BLOCK_BYTES);
      if (padding < MIN_PADDING_BYTES) padding += BLOCK_BYTES;
      const total = LENGTH_BYTES + plainBytes + padding;
      if (total > room.length) room = Buffer.allocUnsafeSlow(total);
      const packet = room.subarray(0, total);
      packet.writeUInt32BE(plainBytes + padding, 0);
      packet[LENGTH_BYTES] = padding;
      pad(packet, LENGTH_BYTES + plainBytes);
      return packet;
    },
    encrypt(packet) {
      if (isFree) return;
      const cipher = createCipheriv(name, key, iv.next());
      const length = Buffer.from(packet.subarray(0, LENGTH_BYTES));
      cipher.setAAD(length);
      const encrypted = cipher.update(packet.subarray(LENGTH_BYTES));
      // Of a stream cipher nothing is left for the end.
      cipher.final();
      for (const piece of [length, encrypted, cipher.getAuthTag()]) onWrite(piece);
      this.outSeqno = (this.outSeqno + 1) >>> 0;
    },
    free: () => {
      isFree = true;
    },
  };
}

/** Opens each packet when all of it has come. */
export function createGcmDecipher(parts: GcmParts & { readonly onPayload: OnPayload }): PacketDecipher {
  const { name } = parts;
  const key = createSecretKey(parts.key);
  const iv = createPacketCounter(parts.iv);
  const cut = createPacketCutter();

  function open(packet: Buffer): Buffer {
    const decipher = createDecipheriv(name, key, iv.next());
    decipher.setAAD(packet.subarray(0, LENGTH_BYTES));
    decipher.setAuthTag(packet.subarray(packet.length - TAG_BYTES));
    const plain = decipher.update(packet.subarray(LENGTH_BYTES, packet.length - TAG_BYTES));
    // Throws when anything of the packet was changed on its way.
    decipher.final();
    return plain.subarray(1, plain.length - (plain[0] ?? 0));
  }

  return {
    inSeqno: parts.packets,
    _onPayload: parts.onPayload,
    decrypt(data, position, length) {
      for (let next = position; next < length; ) {
        const [packet, taken] = cut(data.subarray(next, length));
        next += taken;
        if (packet === null) return undefined;
        const payload = open(packet);
        this.inSeqno = (this.inSeqno + 1) >>> 0;
        const said = this._onPayload(payload);
        if (said !== undefined) return said === false ? next : said;
      }
      return undefined;
    },
    free: () => undefined,
  };
}

/**
 * Yields the packet that bytes begin or go on with, if all of it has come, and how many of the bytes were taken. One that
 * comes whole is a view of them; what comes in pieces is gathered in memory that the next one uses again.
 */
function createPacketCutter(): (data: Buffer) => readonly [packet: Buffer | null, taken: number] {
  const held = Buffer.allocUnsafeSlow(MAX_PACKET_BYTES);
  let heldBytes = 0;

  /** Takes what is missing to so many bytes in all, as far as it is there; yields how many that were. */
  function hold(data: Buffer, wanted: number): number {
    const taken = data.copy(held, heldBytes, 0, Math.max(0, wanted - heldBytes));
    heldBytes += taken;
    return taken;
  }

  return (data) => {
    if (heldBytes === 0 && data.length >= LENGTH_BYTES) {
      const total = readTotal(data);
      if (data.length >= total) return [data.subarray(0, total), total];
    }
    let taken = hold(data, LENGTH_BYTES);
    if (heldBytes < LENGTH_BYTES) return [null, taken];
    const total = readTotal(held);
    taken += hold(data.subarray(taken), total);
    if (heldBytes < total) return [null, taken];
    heldBytes = 0;
    return [held.subarray(0, total), taken];
  };
}

/** Of the packet that begins here, with its length and its tag. RFC 5647, section 7.3: whole blocks. */
function readTotal(bytes: Buffer): number {
  const length = bytes.readUInt32BE(0);
  const total = LENGTH_BYTES + length + TAG_BYTES;
  if (total > MAX_PACKET_BYTES || length < BLOCK_BYTES || length % BLOCK_BYTES !== 0) {
    throw new Error('Bad packet length');
  }
  return total;
}

/** RFC 5647, section 7.1: four bytes that stay, and a counter that no two packets share. */
function createPacketCounter(first: Uint8Array): { next(): Buffer } {
  const iv = Buffer.from(first);
  let counter = iv.readBigUInt64BE(4);
  return {
    next: () => {
      iv.writeBigUInt64BE(counter, 4);
      counter = BigInt.asUintN(64, counter + 1n);
      return iv;
    },
  };
}

/** Fills the end of a packet with random bytes, drawn many at a time: one draw costs as much as the encryption of kilobytes. */
function createPadding(): (packet: Buffer, start: number) => void {
  const drawn = Buffer.allocUnsafeSlow(4_096);
  let used = drawn.length;
  return (packet, start) => {
    const wanted = packet.length - start;
    if (used + wanted > drawn.length) {
      randomFillSync(drawn);
      used = 0;
    }
    drawn.copy(packet, start, used, used + wanted);
    used += wanted;
  };
}
