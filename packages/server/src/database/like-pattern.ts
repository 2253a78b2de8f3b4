/** A search text as a pattern of `like`: `*` stands for any characters, and nothing else has a meaning of its own. */
export function likePattern(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`).replaceAll('*', '%');
}
