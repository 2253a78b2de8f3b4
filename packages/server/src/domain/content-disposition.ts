/** Characters that stand for themselves in an RFC 8187 value (its attr-char). */
const NOT_ATTR_CHAR = /[^A-Za-z0-9!#$&+.^_`|~-]/g;

/**
 * `attachment` with a file name as RFC 6266 has it: an ASCII form for old clients and the exact name after it. No
 * character of the name can end the quoted text or the header.
 */
export function attachmentOf(fileName: string): string {
  const ascii = fileName.replaceAll(/[^ -~]/gu, '_').replaceAll(/["\\%]/g, '_');
  const exact = encodeURIComponent(fileName.toWellFormed()).replaceAll(NOT_ATTR_CHAR, escapeCharacter);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${exact}`;
}

/** What encodeURIComponent leaves alone although RFC 8187 does not: `'()*`. The `%` of its escapes stays. */
function escapeCharacter(character: string): string {
  if (character === '%') return character;
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
