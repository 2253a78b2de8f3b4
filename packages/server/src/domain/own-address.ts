/**
 * Path and query of an address of this service, beginning with a slash; null for any other address. Existing clients
 * leave out the slash after the host (`https://api.example.orgfiles/v2/…`, spec: clients), and a path alone will do.
 */
export function findOwnTarget(url: string, publicUrl: string): string | null {
  if (url.includes('#')) return null;
  if (url.startsWith('/')) return url;
  const [own, given] = [withoutScheme(publicUrl), withoutScheme(url)];
  if (own === null || given === null) return null;
  if (given.slice(0, own.length).toLowerCase() !== own.toLowerCase()) return null;
  const rest = given.slice(own.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function withoutScheme(url: string): string | null {
  return /^https?:\/\/(.+)$/is.exec(url)?.[1]?.replace(/\/+$/, '') ?? null;
}
