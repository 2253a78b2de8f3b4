import type { Duplex } from 'node:stream';
import { toOneLine } from './one-line.ts';
import {
  createPacketSplitter,
  encodePacket,
  encodeUint32,
  PACKET,
  PacketReader,
  SftpProtocolError,
} from './sftp-wire.ts';
import { SshUnavailable } from './ssh-host.ts';

/** Why a server refuses: section 7 of the draft. */
export const SFTP_STATUS = {
  ok: 0,
  end: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  noConnection: 6,
  connectionLost: 7,
  unsupported: 8,
} as const;

/** The server answered that it will not or cannot. */
export class SftpRefusal extends Error {
  override readonly name = 'SftpRefusal';
  /** One of {@link SFTP_STATUS}, or a number we do not know. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** An answer, its number read. */
export interface SftpAnswer {
  readonly type: number;
  readonly reader: PacketReader;
}

/** Numbers requests and hands each its answer. */
export interface SftpRequests {
  /** Agrees on the version; yields the server's extensions. */
  begin(): Promise<ReadonlyMap<string, string>>;
  /** Rejects with {@link SftpRefusal} for a status that is not `ok`. */
  ask(type: number, ...fields: readonly Buffer[]): Promise<SftpAnswer>;
  /** The same, but null for the status `end`. */
  askUntilEnd(type: number, ...fields: readonly Buffer[]): Promise<SftpAnswer | null>;
  /** Expects nothing but `ok`. */
  tell(type: number, ...fields: readonly Buffer[]): Promise<void>;
  readonly ended: Promise<SshUnavailable>;
  end(): void;
}

/**
 * A server works on other requests while one is slow, or says nothing at all while it waits for a disk: an fsync of
 * many gigabytes takes minutes. Only a file system that hangs takes longer than this, in milliseconds.
 */
const SILENCE_MS = 300_000;

interface Waiting {
  readonly resolve: (answer: SftpAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Two states: open, and ended, which is final. A session ends when its channel does, when the server breaks the
 * protocol or leaves a request without any answer for five minutes, or by `end`; then all requests that wait, and all
 * that come, reject with the same {@link SshUnavailable}. (The library's own SFTP leaves requests on a channel that
 * has just been closed without an answer, and turns names into text.)
 */
export function createSftpRequests(channel: Duplex): SftpRequests {
  const waiting = new Map<number, Waiting>();
  const { promise: ended, resolve: tellEnd } = Promise.withResolvers<SshUnavailable>();
  let over: SshUnavailable | null = null;
  let lastId = 0;
  let outbox: Buffer[] = [];
  let silence: NodeJS.Timeout | null = null;
  let onVersion: ((packet: PacketReader) => void) | null = null;

  function finish(reason: string, cause?: unknown): void {
    if (over !== null) return;
    over = new SshUnavailable('channel', `the SFTP session ended: ${reason}`, { cause });
    if (silence !== null) clearTimeout(silence);
    for (const { reject } of waiting.values()) reject(over);
    waiting.clear();
    channel.destroy();
    tellEnd(over);
  }

  function receive(bytes: Buffer): void {
    const reader = new PacketReader(bytes);
    const type = reader.byte();
    if (type === PACKET.version) return onVersion?.(reader);
    const id = reader.uint32();
    const request = waiting.get(id);
    if (request === undefined) throw new SftpProtocolError(`got an answer to no request: ${id}`);
    waiting.delete(id);
    watchSilence();
    if (type === PACKET.status) settleStatus(request, reader);
    else request.resolve({ type, reader });
  }

  function watchSilence(): void {
    if (waiting.size === 0) {
      if (silence !== null) clearTimeout(silence);
      silence = null;
    } else if (silence === null) {
      silence = setTimeout(() => finish(`no answer within ${SILENCE_MS / 1000} s`), SILENCE_MS);
      silence.unref();
    } else silence.refresh();
  }

  const split = createPacketSplitter(receive);
  channel.on('data', (chunk: Buffer) => {
    if (over !== null) return;
    try {
      split(chunk);
    } catch (error) {
      finish(error instanceof Error ? error.message : String(error), error);
    }
  });
  channel.on('error', (error) => finish(error.message, error));
  for (const event of ['end', 'close']) channel.on(event, () => finish('the host closed it'));

  function ask(type: number, ...fields: readonly Buffer[]): Promise<SftpAnswer> {
    if (over !== null) return Promise.reject(over);
    lastId = (lastId + 1) % 2 ** 32;
    const { promise, resolve, reject } = Promise.withResolvers<SftpAnswer>();
    waiting.set(lastId, { resolve, reject });
    if (silence === null) watchSilence();
    if (outbox.length === 0) setImmediate(flush);
    outbox.push(...encodePacket(type, lastId, fields));
    return promise;
  }

  /**
   * One packet of the connection, encrypted and sent at once, takes all that is asked in one turn of the event loop:
   * for small files that is half of the work. What waits here is bounded by those who ask: each waits for answers.
   */
  function flush(): void {
    const bytes = Buffer.concat(outbox);
    outbox = [];
    if (over === null) channel.write(bytes);
  }

  async function askUntilEnd(type: number, ...fields: readonly Buffer[]): Promise<SftpAnswer | null> {
    try {
      return await ask(type, ...fields);
    } catch (error) {
      if (error instanceof SftpRefusal && error.status === SFTP_STATUS.end) return null;
      throw error;
    }
  }

  function begin(): Promise<ReadonlyMap<string, string>> {
    const { promise, resolve } = Promise.withResolvers<ReadonlyMap<string, string>>();
    onVersion = (reader) => {
      onVersion = null;
      resolve(readExtensions(reader));
    };
    channel.write(Buffer.concat([encodeUint32(5), Buffer.of(PACKET.init), encodeUint32(3)]));
    return Promise.race([promise, ended.then((reason) => Promise.reject(reason))]);
  }

  return {
    begin,
    ask,
    askUntilEnd,
    tell: async (type, ...fields) => {
      const { type: got } = await ask(type, ...fields);
      if (got !== PACKET.status) throw new SftpProtocolError(`expected a status, got type ${got}`);
    },
    ended,
    end: () => finish('it was closed'),
  };
}

function settleStatus({ resolve, reject }: Waiting, reader: PacketReader): void {
  const status = reader.uint32();
  if (status === SFTP_STATUS.ok) return resolve({ type: PACKET.status, reader });
  // Some servers leave the words out.
  reject(new SftpRefusal(status, reader.hasMore ? toOneLine(reader.text()) : `status ${status}`));
}

function readExtensions(reader: PacketReader): ReadonlyMap<string, string> {
  const version = reader.uint32();
  if (version < 3) throw new SftpProtocolError(`expected SFTP version 3, got ${version}`);
  const extensions = new Map<string, string>();
  while (reader.hasMore) extensions.set(reader.text(), reader.text());
  return extensions;
}
