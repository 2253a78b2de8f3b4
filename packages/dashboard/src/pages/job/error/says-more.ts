/** Whether a message tells anything beside what a sentence tells already, as in `Job failed: the program ended …`. */
export function saysMore(message: string, sentence: string): boolean {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  const rest = plain(message).replace(plain(sentence), '').trim();
  return !['', 'job failed'].includes(rest);
}
