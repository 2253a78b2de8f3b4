/** What a request consists of, as `fetch` takes it. */
export interface CurlRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  /** A text, or a form; the files in it are named by their paths. */
  readonly body: string | FormData | null;
}

/**
 * The curl command that makes a request, for a POSIX shell. Whatever the values are, the shell passes them on as they
 * are and curl reads no file for them. The token is the variable TOKEN of the shell, never its value.
 */
export function renderCurl({ url, method, headers, body }: CurlRequest): string {
  const parts = [
    // Brackets and braces would mean several addresses to curl.
    `curl${/[[\]{}]/.test(url) ? ' --globoff' : ''}${method === 'GET' ? '' : ` --request ${method}`} ${quote(url)}`,
    ...[...headers].map(([name, value]) => `--header ${renderHeader(name, value)}`),
    ...renderBody(body),
  ];
  return `${parts.join(' \\\n  ')}\n`;
}

function renderBody(body: CurlRequest['body']): readonly string[] {
  if (body === null) return [];
  if (typeof body === 'string') return [`--data-raw ${quote(body)}`];
  return [...body].map(([name, value]) =>
    typeof value === 'string'
      ? `--form-string ${quote(`${name}=${value}`)}`
      : `--form ${quote(`${name}=@"${value.name.replaceAll(/["\\]/g, String.raw`\$&`)}"`)}`,
  );
}

function renderHeader(name: string, value: string): string {
  return name === 'authorization' ? '"Authorization: Bearer $TOKEN"' : quote(`${name}: ${value}`);
}

/** A word of the shell: in single quotes everything but the single quote itself means itself. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * A `fetch` that prints. It answers deletions, whose answers say nothing, so that a command for several ids prints all
 * of them; after any other call there is no going on without its answer, and the process ends.
 */
export function createCurlFetch(stdout: NodeJS.WriteStream): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const method = init.method ?? 'GET';
    const body = typeof init.body === 'string' || init.body instanceof FormData ? init.body : null;
    stdout.write(
      renderCurl({
        url: input instanceof Request ? input.url : input.toString(),
        method,
        headers: new Headers(init.headers),
        body,
      }),
    );
    if (method === 'DELETE') return Response.json({ status: 'success', message: null, result: null });
    return leave(stdout);
  };
}

/** Never resolves. Calls that are made in the same turn are printed too. */
function leave(stdout: NodeJS.WriteStream): Promise<never> {
  setImmediate(() => stdout.write('', () => process.exit(0)));
  return new Promise(() => undefined);
}
