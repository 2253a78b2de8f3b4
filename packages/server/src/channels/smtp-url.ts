/** How a plain connection to the mail server is turned into TLS. */
type StartTls = 'required' | 'when-offered' | 'never';

/** A mail server, as `ARRAS_SMTP_URL` names it. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps`). */
  readonly implicitTls: boolean;
  readonly startTls: StartTls;
  readonly credentials: { readonly user: string; readonly pass: string } | null;
}

const EXPECTED =
  'an address such as smtp://user:password@mail.example.org:587?starttls=required or smtps://mail.example.org';

/**
 * Reads `smtp://[user:password@]host[:port][?starttls=required|when-offered|never]` and `smtps://…`. Without
 * `starttls`, TLS is required where a password would be sent over a network, and otherwise used when offered. Throws
 * an Error that says what was expected and repeats nothing: the URL may hold a password.
 */
export function parseSmtpUrl(text: string): MailServer {
  const url = URL.parse(text);
  const isKnown = url?.protocol === 'smtp:' || url?.protocol === 'smtps:';
  if (url === null || !isKnown || url.hostname === '' || !['', '/'].includes(url.pathname))
    throw unreadable();
  const implicitTls = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const credentials = readCredentials(url);
  const fallback = credentials !== null && !isLoopback(host) ? 'required' : 'when-offered';
  return {
    host,
    port: Number(url.port) || (implicitTls ? 465 : credentials === null ? 25 : 587),
    implicitTls,
    startTls: readStartTls(url.searchParams, fallback),
    credentials,
  };
}

function readCredentials({ username, password }: URL): MailServer['credentials'] {
  if (username === '') return null;
  try {
    return { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  } catch {
    throw unreadable();
  }
}

function readStartTls(query: URLSearchParams, fallback: StartTls): StartTls {
  if ([...query.keys()].some((key) => key !== 'starttls')) throw unreadable();
  const value = query.get('starttls') ?? fallback;
  if (value === 'required' || value === 'when-offered' || value === 'never') return value;
  throw unreadable();
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function unreadable(): Error {
  return new Error(EXPECTED);
}
