import { OPERATION_IDS, type OperationId, type Route, routeOf } from '@arras/contract';

/** An operation that reads, found by an address. */
export interface FoundOperation {
  readonly operationId: OperationId;
  readonly route: Route;
  /** The template that matched: the route's own or one of its aliases. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

interface Template {
  readonly operationId: OperationId;
  readonly path: string;
  readonly parts: readonly string[];
}

/** Every template of an operation with GET, the more particular ones first, as the router prefers them. */
const TEMPLATES: readonly Template[] = OPERATION_IDS.filter((id) => routeOf(id).method === 'GET')
  .flatMap((operationId) => {
    const route = routeOf(operationId);
    return [route.path, ...(route.aliases ?? [])].map((path) => ({
      operationId,
      path,
      parts: partsOf(path),
    }));
  })
  .toSorted((a, b) => rankOf(b).localeCompare(rankOf(a)));

/**
 * The operation that answers to GET at an address of this service, given as path and query; null where none does. Slashes
 * that are doubled or at the end mean nothing, as for the router.
 */
export function findOperation(target: string): FoundOperation | null {
  const parts = partsOf(target.split('?', 1)[0] ?? '').map(decode);
  for (const { operationId, path, parts: template } of TEMPLATES) {
    const params = matchParts(template, parts);
    if (params !== null) return { operationId, route: routeOf(operationId), path, params };
  }
  return null;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

/** Plain parts before parameters, and these before the one that spans slashes. */
function rankOf({ parts }: Template): string {
  return parts.map((part) => (part === '{path}' ? '0' : part.startsWith('{') ? '1' : '2')).join('');
}

function matchParts(
  template: readonly string[],
  parts: readonly (string | null)[],
): Readonly<Record<string, string>> | null {
  const params: Record<string, string> = {};
  const spans = template.at(-1) === '{path}';
  if (spans ? parts.length < template.length : parts.length !== template.length) return null;
  for (const [index, expected] of template.entries()) {
    const part = parts[index] ?? null;
    if (part === null) return null;
    if (expected === '{path}') params['path'] = parts.slice(index).join('/');
    else if (expected.startsWith('{')) params[expected.slice(1, -1)] = part;
    else if (part !== expected) return null;
  }
  return parts.includes(null) ? null : params;
}

/** Null for what is not percent-encoded UTF-8. */
function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    // The address is nothing that the service could have written.
    return null;
  }
}
