/** What the bytes of a JSON document may hold at most. */
export interface BodyLimits {
  /** Brackets and braces within each other. */
  readonly depth: number;
  /** Names of fields in all objects together. */
  readonly keys: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** `[` and `{` differ from `]` and `}` in one bit each. */
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * Looks at a JSON document before it is parsed: `JSON.parse` itself accepts any depth, and what it builds can be many
 * times the size of the text. Reads each byte once and allocates nothing; whether the document is well formed is for
 * the parser to say.
 */
export function scanBody(bytes: Uint8Array, limits: BodyLimits): 'fine' | 'too-deep' | 'too-many-keys' {
  let depth = 0;
  let keys = 0;
  let inText = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    if (inText) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (OPENING.has(byte)) {
      if (++depth > limits.depth) return 'too-deep';
    } else if (CLOSING.has(byte)) depth--;
    else if (byte === COLON && ++keys > limits.keys) return 'too-many-keys';
  }
  return 'fine';
}
