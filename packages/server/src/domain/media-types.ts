/** What files of computing jobs mostly are; browsers need the type to show them. Text is UTF-8 unless it says otherwise. */
const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ['txt', 'text/plain'],
  ['log', 'text/plain'],
  ['out', 'text/plain'],
  ['err', 'text/plain'],
  ['md', 'text/markdown'],
  ['csv', 'text/csv'],
  ['tsv', 'text/tab-separated-values'],
  ['html', 'text/html'],
  ['htm', 'text/html'],
  ['css', 'text/css'],
  ['js', 'text/javascript'],
  ['xml', 'application/xml'],
  ['json', 'application/json'],
  ['yaml', 'application/yaml'],
  ['yml', 'application/yaml'],
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['svg', 'image/svg+xml'],
  ['tif', 'image/tiff'],
  ['tiff', 'image/tiff'],
  ['webp', 'image/webp'],
  ['mp4', 'video/mp4'],
  ['wav', 'audio/wav'],
  ['zip', 'application/zip'],
  ['gz', 'application/gzip'],
  ['tgz', 'application/gzip'],
  ['bz2', 'application/x-bzip2'],
  ['xz', 'application/x-xz'],
  ['zst', 'application/zstd'],
  ['tar', 'application/x-tar'],
]);

/** The type of a directory in listings (spec/jobs.md section 10). */
export const DIRECTORY_MEDIA_TYPE = 'text/directory';

/** The media type by the end of a file's name, without parameters. */
export function mediaTypeOf(fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  const extension = dot < 0 ? '' : fileName.slice(dot + 1).toLowerCase();
  return MEDIA_TYPES.get(extension) ?? 'application/octet-stream';
}

/** Types that are compressed by themselves. */
const COMPRESSED = /^(?:image\/(?!svg|tiff)|video\/|application\/(?:pdf|zip|gzip|x-bzip2|x-xz|zstd)$)/;

/** Whether files of this name are made smaller by compressing them, as far as the name tells. */
export function isWorthCompressing(fileName: string): boolean {
  return !COMPRESSED.test(mediaTypeOf(fileName));
}

/** The `Content-Type` of a download: text says its encoding, or browsers guess one. */
export function contentTypeOf(fileName: string): string {
  const type = mediaTypeOf(fileName);
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}
