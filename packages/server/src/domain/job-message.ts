import { parseTryTag } from './places.ts';

/**
 * What a try says of itself, by way of a file in the spool or over HTTP. Anybody who can write into the spool can
 * write such a file: it counts only when it is signed with the try's own key (`auth/message-keys.ts`).
 *
 * Name of the file: `TAG.NUMBER`. Content: one line `arras-message 1 TAG NUMBER KIND SIGNATURE`, then the JSON of an
 * event. Signed is that line without the signature, with the JSON behind it.
 */

/** RUNNING: the program begins. HEARTBEAT: it is alive. EVENT: one of its own, with JSON. */
export const MESSAGE_KINDS = ['RUNNING', 'HEARTBEAT', 'EVENT'] as const;

/** What a message may say. Ends are not among them: only exit markers prove them (P6). */
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Most bytes of an event's JSON: room for the characters that the HTTP route takes (spec: jobs 9.1), escaped or not. */
export const MESSAGE_DATA_BYTES = 16_384;

/** Most bytes of a file: the line has at most 190. */
export const MESSAGE_FILE_BYTES = MESSAGE_DATA_BYTES + 256;

/**
 * Digits of a number. It tells one message of a try from its others and, read as nanoseconds since 1970, when it was
 * sent: several nodes need no common counter, and numbers sort by time.
 */
const NUMBER = '[0-9]{19}';

/** As a header of HTTP: `Arras-Message: NUMBER SIGNATURE`. */
export const MESSAGE_HEADER = 'arras-message';

/** A message as it was found; nothing about it is proven. */
export interface JobMessage {
  readonly tag: string;
  readonly jobId: string;
  readonly tryNumber: number;
  /** 19 digits. */
  readonly number: string;
  readonly kind: MessageKind;
  /** SHA-256 HMAC in hexadecimal. */
  readonly signature: string;
  readonly data: Uint8Array;
}

// tj-1674389564419740136-242ac113-0001-007-1.1764000000123456789
const NAME_SHAPE = new RegExp(`^(tj-[0-9A-Za-z-]{1,64}-[0-9]{1,6})\\.(${NUMBER})$`);

/** Whether a file of the spool has the name of a message. */
export function isMessageName(name: string): boolean {
  return NAME_SHAPE.test(name);
}

/** The tag in the name of a message's file. Throws for another name. */
export function tagOfMessage(name: string): string {
  const tag = NAME_SHAPE.exec(name)?.[1];
  if (tag === undefined) throw new TypeError(`expected the name of a message, got ${JSON.stringify(name)}`);
  return tag;
}

const LINE_SHAPE = new RegExp(`^arras-message 1 (\\S+) (${NUMBER}) ([A-Z]+) ([0-9a-f]{64})$`);

/** The message in a file, or null when the file holds none or has the name of another one. */
export function parseMessageFile(name: string, content: Uint8Array): JobMessage | null {
  const end = content.indexOf(0x0a);
  if (end < 0 || end > 255 || content.length > MESSAGE_FILE_BYTES) return null;
  const line = new TextDecoder('latin1').decode(content.subarray(0, end));
  const [, tag = '', number = '', kind, signature = ''] = LINE_SHAPE.exec(line) ?? [];
  const named = parseTryTag(tag);
  if (named === null || !isKind(kind) || name !== `${tag}.${number}`) return null;
  return { tag, ...named, number, kind, signature, data: content.subarray(end + 1) };
}

function isKind(word: string | undefined): word is MessageKind {
  return (MESSAGE_KINDS as readonly (string | undefined)[]).includes(word);
}

const HEADER_SHAPE = new RegExp(`^(${NUMBER}) ([0-9a-f]{64})$`);

/** The number and the signature in the header of a call, or null. */
export function parseMessageHeader(value: string): Pick<JobMessage, 'number' | 'signature'> | null {
  const [, number, signature] = HEADER_SHAPE.exec(value) ?? [];
  return number === undefined || signature === undefined ? null : { number, signature };
}

/** The bytes that a message's signature covers. */
export function signedBytes(message: Pick<JobMessage, 'tag' | 'number' | 'kind' | 'data'>): Uint8Array {
  const { tag, number, kind, data } = message;
  const line = new TextEncoder().encode(`arras-message 1 ${tag} ${number} ${kind}\n`);
  const bytes = new Uint8Array(line.length + data.length);
  bytes.set(line);
  bytes.set(data, line.length);
  return bytes;
}

/** When the sender's clock says that it was sent, in milliseconds since 1970. */
export function sentAtMs({ number }: Pick<JobMessage, 'number'>): number {
  return Number(number.slice(0, -6));
}
