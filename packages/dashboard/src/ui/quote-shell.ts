/** A word of a POSIX shell, whatever is in it; also in a terminal, which obeys control characters that are pasted. */
export function quoteShell(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  const printable = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
  return `'${printable.replaceAll("'", `'\\''`)}'`;
}
