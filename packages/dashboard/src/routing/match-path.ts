/** The parameters of a path by a pattern such as `/ui/jobs/:id`, decoded; null when the path is another. */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = split(pattern);
  const given = split(path);
  const rest = wanted.at(-1) === '*';
  if (rest ? given.length < wanted.length - 1 : given.length !== wanted.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (part === '*') params.rest = given.slice(index).map(decode).join('/');
    else if (part.startsWith(':')) params[part.slice(1)] = decode(given[index] ?? '');
    else if (part !== given[index]) return null;
  }
  return params;
}

function split(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

/** An address that somebody has mistyped is shown as it is. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
