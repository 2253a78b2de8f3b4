import { findNextJob, type TableLine } from './table-lines.ts';

/** What a key does in the list. */
export type ListKey =
  | { readonly kind: 'go'; readonly to: string | null }
  | { readonly kind: 'select'; readonly toHere: boolean }
  | { readonly kind: 'open' };

/** What of a key event the list reads. */
export interface PressedKey {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly hasModifier: boolean;
  /** Rows that are seen at once. */
  readonly pageRows: number;
}

/** What a key does while the focus is in the rows; null for keys that are others'. */
export function readListKey(
  { key, shiftKey, hasModifier, pageRows }: PressedKey,
  lines: readonly TableLine[],
  current: string | null,
): ListKey | null {
  if (hasModifier) return null;
  const step = STEPS[key];
  if (step !== undefined) return { kind: 'go', to: findNextJob(lines, current, step(pageRows)) };
  if (current === null) return null;
  if (key === ' ') return { kind: 'select', toHere: shiftKey };
  return key === 'Enter' ? { kind: 'open' } : null;
}

const STEPS: Readonly<Record<string, (pageRows: number) => number>> = {
  ArrowDown: () => 1,
  ArrowUp: () => -1,
  PageDown: (rows) => Math.max(1, rows - 1),
  PageUp: (rows) => -Math.max(1, rows - 1),
  Home: () => -Infinity,
  End: () => Infinity,
};
