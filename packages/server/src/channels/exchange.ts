import type { AttemptError } from '@arras/contract';
import { cleanAnswer, KEPT_BYTES, withoutControls } from './answer-text.ts';

/** A line of the head of a request or an answer. */
export type HeaderLine = readonly [name: string, value: string];

/** What came back, fit to be stored and shown. */
export interface Answer {
  readonly head: readonly HeaderLine[];
  /** At most 1 KiB; null where it is no text that can be read. */
  readonly body: string | null;
  /** Whether there was more than is kept. */
  readonly isCut: boolean;
}

/** What went out and came back in one attempt. A channel fills it in as it goes, so that a call that fails has it too. */
export class Exchange {
  /** Without secrets; empty: nothing was to be sent. */
  sent: readonly HeaderLine[] = [];
  answer: Answer | null = null;
  /** What stopped it, where it did not arrive. */
  error: AttemptError | null = null;
}

/** The most of the head of an answer that is kept, in bytes. */
const HEAD_BYTES = 4_096;

/** What stands where a secret stood. */
export const MASK = '***';

/** Headers whose values let somebody in. */
const SECRET_HEADERS = /authori[sz]ation|cookie|credential|passw|secret|token|api-?key/i;

/** A secret is longer than this: a shorter one would be found in every text. */
const SHORTEST_SECRET = 4;

/** What is to be taken out of texts: the longest first, because one may hold another. */
export function secretWords(words: readonly string[]): readonly string[] {
  const forms = words.filter((word) => word.length >= SHORTEST_SECRET).flatMap(formsOf);
  return [...new Set(forms)].toSorted((one, other) => other.length - one.length);
}

/** How programs write a word down: as it is, in addresses, and in JSON, where some write `/` as `\/`. */
function formsOf(word: string): readonly string[] {
  const shown = withoutControls(word);
  const json = JSON.stringify(word.toWellFormed()).slice(1, -1);
  const forms = [word, shown, encodeURIComponent(word.toWellFormed()), json];
  return [...forms, json.replaceAll('/', String.raw`\/`)].filter((form) => form.length >= SHORTEST_SECRET);
}

/** A secret in base64, also as it is written without its end or in the alphabet of addresses (RFC 4648, section 5). */
export function base64Forms(base64: string): readonly string[] {
  const bare = base64.replace(/=+$/, '');
  return [base64, bare, bare.replaceAll('+', '-').replaceAll('/', '_')];
}

/** Takes secrets, as {@link secretWords} puts them, out of a text that the other side may have made from what it got. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
}

/** The head of an answer as it is kept. */
export function keepHead(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  secrets: readonly string[],
): { readonly head: readonly HeaderLine[]; readonly isCut: boolean } {
  const head: HeaderLine[] = [];
  let left = HEAD_BYTES;
  let isCut = false;
  for (const [name, values] of Object.entries(headers))
    for (const value of [values ?? []].flat()) {
      const shown = SECRET_HEADERS.test(name)
        ? MASK
        : cleanValue(withoutSecrets(withoutControls(value), secrets));
      isCut ||= value.length > KEPT_BYTES;
      left -= Buffer.byteLength(name) + Buffer.byteLength(shown) + 3;
      if (left < 0) return { head, isCut: true };
      head.push([name, shown]);
    }
  return { head, isCut };
}

function cleanValue(value: string): string {
  const isPlain = value.length <= KEPT_BYTES && /^[ -~]*$/.test(value);
  return isPlain ? value : cleanAnswer(value).replaceAll('\n', ' ');
}

/** A head as text, a line for each header. */
export function renderHead(head: readonly HeaderLine[]): string {
  return head.map(([name, value]) => `${name}: ${value}\n`).join('');
}

/** Reads what {@link renderHead} has written. */
export function parseHead(text: string): readonly HeaderLine[] {
  return text.split('\n').flatMap((line) => {
    const colon = line.indexOf(': ');
    return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 2)] as const];
  });
}
