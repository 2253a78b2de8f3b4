/** Longest body that is laid out anew; a longer one is shown as it is. */
const MOST_CHARACTERS = 200_000;

/** JSON over several lines; anything else as it is. */
export function bodyText(body: string): string {
  if (body.length > MOST_CHARACTERS || !/^\s*[[{]/.test(body)) return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** The head as it stands on the wire, for copying. */
export function headText(headers: readonly { readonly name: string; readonly value: string }[]): string {
  return headers.map(({ name, value }) => `${name}: ${value}\n`).join('');
}
