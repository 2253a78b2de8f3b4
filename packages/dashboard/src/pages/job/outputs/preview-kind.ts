import type { OutputEntry } from '@arras/contract';

/** How a file is shown. `none`: it can only be downloaded. */
export type PreviewKind = 'text' | 'table' | 'json' | 'image' | 'unknown' | 'none';

/** What is read of a file that is shown as a whole. */
export const PREVIEW_BYTES = 1_048_576;
/** A picture is decoded by the browser, all of it. */
const LARGEST_IMAGE = 33_554_432;

/** Pictures as browsers show them in an image element, where no script in them runs. */
const IMAGES = /^image\/(?:png|jpeg|gif|webp|svg\+xml)$/;

/** Documents are shown as the text that they are, never opened: they are anybody's. */
const TEXTS = /^(?:text\/|application\/(?:xml|yaml)$)/;

/** Known by their names, though their types say nothing. */
const TEXT_NAMES =
  /\.(?:ipcexe|sh|bash|slurm|sbatch|py|r|jl|m|c|h|cc|cpp|f90|java|ts|rs|go|toml|ini|cfg|conf|env|tex|bib|fa|fasta|fastq|vcf|sam|gff|bed|pdb|xyz|dat)$/i;

/** How a file is shown, as far as its name and its size tell. */
export function previewKindOf({
  name,
  mimeType,
  length,
}: Pick<OutputEntry, 'name' | 'mimeType' | 'length'>): PreviewKind {
  if (IMAGES.test(mimeType)) return length <= LARGEST_IMAGE ? 'image' : 'none';
  if (mimeType === 'text/csv' || mimeType === 'text/tab-separated-values') return 'table';
  if (mimeType === 'application/json') return length <= PREVIEW_BYTES ? 'json' : 'text';
  if (TEXTS.test(mimeType) || TEXT_NAMES.test(name)) return 'text';
  return mimeType === 'application/octet-stream' ? 'unknown' : 'none';
}

/** True when the first bytes of a file are those of a text: no NUL, and hardly any other control. */
export function looksLikeText(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes) {
    if (byte === 0) return false;
    // Tab, line feed, form feed, carriage return and escape are parts of texts.
    if (byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte)) controls += 1;
  }
  return controls <= bytes.length / 50;
}
