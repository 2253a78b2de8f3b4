/** Text of a host on one line without control characters, cut: it goes into messages and logs. */
export function toOneLine(text: string, limit = 200): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, limit);
}
