import { isUtf8 } from 'node:buffer';

/**
 * File names are bytes, our paths are strings. A name that is valid UTF-8 is that text. In any other name each
 * byte from 0x80 up becomes the lone surrogate U+DC00 + byte, which no valid text holds: so every name on disk
 * has exactly one string, and back. (Python's "surrogateescape" does the same byte by byte.)
 */
export function decodeName(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return Buffer.from(bytes).toString('utf8');
  return Array.from(bytes, (byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join('');
}

/** The bytes on disk of one path part, or of a whole path; throws a RangeError on text that is no name. */
export function encodeName(name: string): Buffer {
  if (name.isWellFormed()) return Buffer.from(name, 'utf8');
  return Buffer.concat(Array.from(name, encodeCharacter));
}

/** A name as calls of the file system take it: text as it is, anything else as its bytes. */
export function nameOnDisk(name: string): string | Buffer {
  return isTextName(name) ? name : encodeName(name);
}

/** Whether a string stands for a name or path at all: other lone surrogates than the 128 above do not. */
export function isName(name: string): boolean {
  return name.isWellFormed() || Array.from(name).every((one) => one.isWellFormed() || standsForByte(one));
}

/** Whether a name is text, which may go into JSON and the database. */
export function isTextName(name: string): boolean {
  return name.isWellFormed();
}

function encodeCharacter(character: string): Buffer {
  if (character.isWellFormed()) return Buffer.from(character, 'utf8');
  if (standsForByte(character)) return Buffer.of(character.charCodeAt(0) - 0xdc00);
  throw new RangeError(`expected a file name, got U+${character.charCodeAt(0).toString(16)}`);
}

function standsForByte(character: string): boolean {
  return character >= '\udc80' && character <= '\udcff';
}
