/** Gigabytes in one unit. Memory counts in powers of 1024, as the original's ByteSize does. */
const GB_PER_UNIT = {
  K: 1 / 1024 ** 2,
  M: 1 / 1024,
  G: 1,
  T: 1024,
  P: 1024 ** 2,
  E: 1024 ** 3,
} as const;

/** `1GB`, `1`, `1.5`, `64 gb`, `512MB`. Without a unit it means GB (spec: jobs 2.1). */
const MEMORY = /^([0-9]{1,18}(?:\.[0-9]{1,9})?) ?(?:([KMGTPE])B?)?$/i;

/** `01:00:00`, `0:05:00`, `999:59:59` (spec: jobs 2.1). */
const RUN_TIME = /^([0-9]{1,4}):([0-5][0-9]):([0-5][0-9])$/;

/** Memory in GB from a number or a text; null when it is neither, or not above 0. */
export function parseMemoryGb(value: string | number): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && value > 0 ? value : null;
  const match = MEMORY.exec(value.trim());
  if (match === null) return null;
  const unit = (match[2] ?? 'G').toUpperCase() as keyof typeof GB_PER_UNIT;
  const gb = Number(match[1]) * GB_PER_UNIT[unit];
  return gb > 0 ? gb : null;
}

/** `32GB`: the text {@link parseMemoryGb} reads back to the same number, for every multiple of 1/1024 GB. */
export function formatMemoryGb(gb: number): string {
  if (Number.isInteger(gb)) return `${gb}GB`;
  const mb = gb * 1024;
  return Number.isInteger(mb) ? `${mb}MB` : `${gb.toFixed(9).replace(/0+$/, '')}GB`;
}

/** Seconds from `H…:MM:SS`; null when the text has another form. */
export function parseRunTime(text: string): number | null {
  const match = RUN_TIME.exec(text.trim());
  if (match === null) return null;
  return Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
}

/** `HH:MM:SS` from whole seconds, with as many digits of hours as needed. */
export function formatRunTime(seconds: number): string {
  const pair = (part: number) => String(part).padStart(2, '0');
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(pair).join(':');
}
