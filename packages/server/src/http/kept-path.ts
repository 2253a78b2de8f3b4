import { OPERATION_IDS, routeOf } from '@arras/contract';
import { belowServicePath, servicePathOf } from '../domain/service-path.ts';

/**
 * Takes the path of the public address away from those of requests, which some proxies keep and others strip. A path
 * with which addresses of the service begin themselves, such as `/jobs`, cannot be told from them: proxies have to strip
 * it.
 */
export function createPathRemover(publicUrl: () => string): (url: string) => string {
  // It is known once the server listens.
  let known = { publicUrl: '', path: '' };
  return (url) => {
    const now = publicUrl();
    if (now !== known.publicUrl) known = { publicUrl: now, path: keptPathOf(now) };
    return belowServicePath(url, known.path);
  };
}

function keptPathOf(publicUrl: string): string {
  const path = servicePathOf(publicUrl);
  const own = OPERATION_IDS.map(routeOf).flatMap((route) => [route.path, ...(route.aliases ?? [])]);
  return [...own, '/ui/', '/assets/', '/channels/'].some((each) => `${each}/`.startsWith(`${path}/`))
    ? ''
    : path;
}
