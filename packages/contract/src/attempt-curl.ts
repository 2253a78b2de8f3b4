import type { AttemptView } from './notifications.ts';

/** What curl says by itself. */
const OWN_HEADERS = new Set(['host', 'content-length', 'authorization']);

/**
 * The curl command that makes an attempt again: the same bytes with the same headers, so that its signature is that of
 * the attempt, and as old. User and password of the URL are the variable WEBHOOK_USER of the shell, as user:password,
 * never their values. Null for mails, and where nothing was sent. `quote` makes a word of the shell.
 */
export function attemptCurl(
  { url, request }: Pick<AttemptView, 'url' | 'request'>,
  quote: (text: string) => string,
): string | null {
  if (request === null || request.body === null) return null;
  const { headers, body } = request;
  const isLetIn = headers.some(({ name }) => name.toLowerCase() === 'authorization');
  return [
    // Brackets and braces would mean several addresses to curl.
    `curl${/[[\]{}]/.test(url) ? ' --globoff' : ''} --request POST ${quote(url)}`,
    ...(isLetIn ? ['--user "$WEBHOOK_USER"'] : []),
    ...headers
      .filter(({ name }) => !OWN_HEADERS.has(name.toLowerCase()))
      .map(({ name, value }) => `--header ${quote(`${name}: ${value}`)}`),
    `--data-raw ${quote(body)}`,
  ].join(' \\\n  ');
}

/** The first line of what was sent: `POST https://example.org/hook`, or the envelope of a mail. */
export function attemptHead({ url, request }: Pick<AttemptView, 'url' | 'request'>): string {
  const mail = request?.mail ?? null;
  if (mail !== null) return `MAIL FROM:<${mail.from}> RCPT TO:<${mail.to}>`;
  return url.includes('://') ? `POST ${url}` : `mail to ${url}`;
}
