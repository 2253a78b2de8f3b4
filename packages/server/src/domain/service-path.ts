/** The path of the service's public address, without a slash at its end; `''` where it has the host for itself. */
export function servicePathOf(publicUrl: string): string {
  return URL.parse(publicUrl)?.pathname.replace(/\/+$/, '') ?? '';
}

/** The address of a request, `/arras/jobs/v2?limit=1`, below the path of the service: `/jobs/v2?limit=1`. */
export function belowServicePath(url: string, servicePath: string): string {
  if (servicePath === '' || !url.startsWith(servicePath)) return url;
  const rest = url.slice(servicePath.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}
