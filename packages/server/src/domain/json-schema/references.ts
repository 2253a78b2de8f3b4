import { isRecord } from '@arras/contract';

/** Finds what a `$ref` of a schema refers to; undefined: nothing in it. */
export type FindReferred = (reference: string) => unknown;

/**
 * References within one document: `#`, `#/definitions/size`, `#size`, and the same behind the document's own `$id`. Nothing is
 * ever fetched.
 */
export function createReferences(root: unknown): FindReferred {
  const id = isRecord(root) ? (root['$id'] ?? root['id']) : '';
  const own = typeof id === 'string' ? id.replace(/#$/, '') : '';
  let anchors: ReadonlyMap<string, unknown> | null = null;
  return (reference) => {
    const fragment = reference.startsWith(`${own}#`) ? reference.slice(own.length) : reference;
    if (fragment === '#' || (own !== '' && fragment === own)) return root;
    if (fragment.startsWith('#/')) return followPointer(root, fragment);
    anchors ??= new Map(findAnchors(root));
    return fragment.startsWith('#') ? anchors.get(fragment.slice(1)) : undefined;
  };
}

/** `#/definitions/a~1b/items/0` (RFC 6901) */
function followPointer(root: unknown, fragment: string): unknown {
  const decoded = decodeOrNull(fragment.slice(2));
  if (decoded === null) return undefined;
  return decoded
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, part)
          ? (value as Readonly<Record<string, unknown>>)[part]
          : undefined,
      root,
    );
}

function decodeOrNull(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null; // A percent sign on its own: nothing is there.
  }
}

/** `"$anchor": "size"`, in older drafts `"$id": "#size"` or `"id": "#size"`. */
function findAnchors(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(findAnchors);
  if (!isRecord(value)) return inner;
  const names = [value['$anchor'], ...[value['$id'], value['id']].map(withoutHash)];
  return [
    ...names.filter((name) => typeof name === 'string').map((name): [string, unknown] => [name, value]),
    ...inner,
  ];
}

function withoutHash(id: unknown): string | null {
  return typeof id === 'string' && id.startsWith('#') ? id.slice(1) : null;
}
