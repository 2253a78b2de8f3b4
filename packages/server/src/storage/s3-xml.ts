/** An element of an answer: its text, or the elements in it. */
export interface XmlElement {
  readonly name: string;
  /** The text right in it, references replaced. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** An answer that is no XML, or XML of a kind that no object store sends. */
export class UnreadableXml extends Error {
  override readonly name = 'UnreadableXml';
}

/** Depth of the answers is four; more is somebody's attempt on our stack. */
const MAX_DEPTH = 16;

/** `<Key>a&amp;b</Key>`: a tag, or the text before the next one. */
const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w:.-]+)((?:"[^"]*"|'[^']*'|[^<>"'])*)>|([^<]+)/gy;

/**
 * Reads the XML that object stores answer with. There are no entities but the five of XML itself and references to
 * characters: a document type, which could define some that grow without end, is refused. Throws {@link UnreadableXml}.
 */
export function parseXml(source: string): XmlElement {
  const root: Open = { name: '', text: '', children: [] };
  const open: Open[] = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null) throw new UnreadableXml(`expected XML, got something else at character ${at}`);
    take(open, match);
    if (open.length > MAX_DEPTH) throw new UnreadableXml('nested too deeply');
  }
  const [document] = root.children;
  if (open.length !== 1 || document === undefined) throw new UnreadableXml('the XML is cut off');
  return document;
}

interface Open {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

function take(open: Open[], match: RegExpExecArray): void {
  const [, literal, slash, name, attributes = '', text] = match;
  const current = open.at(-1);
  if (current === undefined) throw new UnreadableXml('an end without a beginning');
  if (literal !== undefined) current.text += literal;
  else if (text !== undefined) current.text += decodeReferences(text);
  else if (name === undefined) return;
  else if (slash === '/') close(open, name);
  else if (attributes.endsWith('/')) current.children.push({ name, text: '', children: [] });
  else open.push({ name, text: '', children: [] });
}

function close(open: Open[], name: string): void {
  const element = open.pop();
  const parent = open.at(-1);
  if (element?.name !== name || parent === undefined) throw new UnreadableXml(`an unexpected end of ${name}`);
  parent.children.push(element);
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeReferences(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The text of an element's child; null without one. */
export function childText({ children }: XmlElement, name: string): string | null {
  return children.find((child) => child.name === name)?.text ?? null;
}

/** The children of one name. */
export function childrenOf({ children }: XmlElement, name: string): readonly XmlElement[] {
  return children.filter((child) => child.name === name);
}

/** Text as it stands in an element. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
