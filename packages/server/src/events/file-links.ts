import type { ViewContext } from './view-context.ts';

type Base = Pick<ViewContext, 'publicUrl'>;

/** A clean path of a system. */
export interface SystemPath {
  readonly systemId: string;
  readonly path: string;
}

/**
 * The address of a file in one of the services of the Files API. The path is absolute and keeps its slash, so two follow
 * each other (spec: systems-apps-files 3).
 */
export function fileUrl(
  { publicUrl }: Base,
  service: 'listings' | 'media' | 'history' | 'pems',
  { systemId, path }: SystemPath,
): string {
  return `${publicUrl()}/files/v2/${service}/system/${encodeURIComponent(systemId)}/${encodePath(path)}`;
}

/** `agave://system//path`: how inputs, archives and imports name a file. */
export function fileUri({ systemId, path }: SystemPath): string {
  return `agave://${systemId}/${encodePath(path)}`;
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
