const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `812 B`, `1.4 GB`: powers of 1000, three digits. */
export function formatSize(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const value = bytes / 1_000 ** power;
  const rounded = power === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1));
  return `${rounded} ${UNITS[power]}`;
}

/** `0s`, `18s`, `2m 10s`, `3h 05m`, `4d 02h`. Never below zero, whatever two clocks say. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${whole}s`;
  if (hours === 0) return `${minutes}m ${two(whole % 60)}s`;
  if (hours < 24) return `${hours}h ${two(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d ${two(hours % 24)}h`;
}

/** `just now`, `3m ago`, `in ~35m`: a time of day or a time to come, as somebody says it at `nowMs`. */
export function formatRelative(atMs: number, nowMs: number): string {
  const seconds = (nowMs - atMs) / 1_000;
  if (Math.abs(seconds) < 5) return 'just now';
  return seconds > 0 ? `${inOneUnit(seconds)} ago` : `in ~${inOneUnit(-seconds)}`;
}

function inOneUnit(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
