/** `17ms`, `1.4s`, `18s`, `2m 10s`, `3h 05m`, `4d 02h`. */
export function renderDuration(ms: number): string {
  if (ms < 995) return `${Math.max(0, Math.round(ms))}ms`;
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${seconds}s`;
  if (hours === 0) return `${minutes}m ${two(seconds % 60)}s`;
  if (hours < 24) return `${hours}h ${two(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d ${two(hours % 24)}h`;
}

/** `just now`, `3m ago`, `2d ago`; never the future, whatever the two clocks say. */
export function renderAgo(time: string, nowMs: number): string {
  const seconds = Math.floor((nowMs - Date.parse(time)) / 1_000);
  if (seconds < 5) return 'just now';
  const [amount, unit] =
    seconds < 60
      ? [seconds, 's']
      : seconds < 3_600
        ? [seconds / 60, 'm']
        : seconds < 86_400
          ? [seconds / 3_600, 'h']
          : [seconds / 86_400, 'd'];
  return `${Math.floor(amount)}${unit} ago`;
}

/** How times are shown. */
export interface TimeStyle {
  /** As the service gives them, such as 2026-03-04T10:15:30.000+00:00: for programs, and for people who ask for it. */
  readonly exact: boolean;
  readonly nowMs: number;
}

/** A time for people, `3m ago`, or exactly. */
export function renderMoment(time: string, { exact, nowMs }: TimeStyle): string {
  return exact ? time : renderAgo(time, nowMs);
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `812 B`, `1.4 GB`: powers of 1000, three digits. */
export function renderSize(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const value = bytes / 1_000 ** power;
  const rounded = power === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1));
  return `${rounded} ${UNITS[power]}`;
}

/** `14:02:11` in the reader's own zone. */
export function renderClock(time: string): string {
  return new Date(time).toTimeString().slice(0, 8);
}

/** Reads `90`, `90s`, `10m`, `2h`, `7d` as milliseconds; null for anything else. */
export function parseDurationMs(text: string): number | null {
  const match = /^(\d{1,9})(s|m|h|d)?$/.exec(text.trim());
  if (match === null) return null;
  const unit = { s: 1, m: 60, h: 3_600, d: 86_400 }[match[2] as 's' | 'm' | 'h' | 'd'] ?? 1;
  return Number(match[1]) * unit * 1_000;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
