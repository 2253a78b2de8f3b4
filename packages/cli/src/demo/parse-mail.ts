/** A mail as a person reads it. */
export interface DemoMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

interface Part {
  readonly headers: ReadonlyMap<string, string>;
  readonly content: string;
}

/**
 * Reads the mails of the service: headers, and the plain text of a multipart/alternative. No general reader of mail:
 * it knows the encodings that the service's own mails use.
 */
export function parseMail(raw: string): DemoMail {
  const mail = parsePart(raw);
  const header = (name: string) => decodeWords(mail.headers.get(name) ?? '');
  return { to: header('to'), subject: header('subject'), text: findText(mail).trimEnd() };
}

function parsePart(raw: string): Part {
  const lines = raw.replaceAll('\r\n', '\n');
  const gap = lines.indexOf('\n\n');
  const head = gap === -1 ? lines : lines.slice(0, gap);
  // A line that begins with white space goes on with the header before it (RFC 5322, 2.2.3).
  const headers = head.replaceAll(/\n[ \t]+/g, ' ').split('\n');
  return {
    headers: new Map(headers.map(parseHeader)),
    content: gap === -1 ? '' : lines.slice(gap + 2),
  };
}

function parseHeader(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function findText(part: Part): string {
  // Sample: multipart/alternative; boundary="--_NmP-1f0c-Part_1"
  const boundary = /boundary="?([^";]+)"?/i.exec(part.headers.get('content-type') ?? '')?.[1];
  if (boundary === undefined) return decodeContent(part);
  const parts = part.content.split(`--${boundary}`).map((text) => parsePart(text.replace(/^\n/, '')));
  const plain = parts.find(({ headers }) => headers.get('content-type')?.startsWith('text/plain'));
  return plain === undefined ? '' : decodeContent(plain);
}

function decodeContent({ headers, content }: Part): string {
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(content, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return content;
  return decodeQuoted(content.replaceAll(/=\n/g, ''));
}

// Sample: =C3=A9
function decodeQuoted(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

// Sample: =?UTF-8?Q?FINISHED=3A_caf=C3=A9?= =?UTF-8?B?w6k=?=
function decodeWords(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, encoding: string, word: string) =>
      encoding.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString('utf8')
        : decodeQuoted(word.replaceAll('_', ' ')),
    );
}
