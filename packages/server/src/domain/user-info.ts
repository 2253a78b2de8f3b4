/** A URL's user info, such as `ada:secret` of `https://ada:secret@example.org/hook`. */
const USER_INFO = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i;

/** Name and password for Basic authentication. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Takes the user info, as it is written, out of a URL; null: there is none. */
export function splitUserInfo(url: string): { readonly url: string; readonly userInfo: string | null } {
  const match = USER_INFO.exec(url);
  if (match === null) return { url, userInfo: null };
  return { url: `${match[1] ?? ''}${url.slice(match[0].length)}`, userInfo: match[2] ?? '' };
}

/** Puts the user info back where {@link splitUserInfo} took it from. */
export function joinUserInfo(url: string, userInfo: string | null): string {
  return userInfo === null ? url : url.replace('://', () => `://${userInfo}@`);
}

/**
 * Name and password of a user info. The first `:` divides them, so a password may hold further ones; both are
 * percent-decoded where they can be. Null when there is nothing to send.
 */
export function parseUserInfo(userInfo: string | null): Credentials | null {
  if (userInfo === null || userInfo === '' || userInfo === ':') return null;
  const colon = userInfo.indexOf(':');
  const username = colon < 0 ? userInfo : userInfo.slice(0, colon);
  const password = colon < 0 ? '' : userInfo.slice(colon + 1);
  return { username: decode(username), password: decode(password) };
}

/** A `%` that begins no escape stands for itself, as a password pasted without encoding means it. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
