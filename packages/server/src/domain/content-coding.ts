/** `gzip`, ` GZIP ; q=0.8`, `*;q=0`. */
const CODING = /^\s*([^\s;,]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/i;

/**
 * Whether an answer to this Accept-Encoding header should be compressed with gzip: it is accepted, and not less welcome
 * than the plain form (RFC 9110 section 12.5.3). What cannot be read asks for nothing.
 */
export function prefersGzip(acceptEncoding: string | undefined): boolean {
  if (acceptEncoding === undefined) return false;
  const weights = new Map<string, number>();
  for (const item of acceptEncoding.split(',')) {
    const match = CODING.exec(item);
    if (match?.[1] !== undefined) weights.set(match[1].toLowerCase(), Number(match[2] ?? 1));
  }
  const gzip = weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0;
  return gzip > 0 && gzip >= (weights.get('identity') ?? 0);
}
