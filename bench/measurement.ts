/** One measured figure beside its baseline from the same run. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the value is compared with, measured in the same run; null where there is nothing to compare. */
  readonly baseline: { readonly name: string; readonly value: number } | null;
  /** What is aimed at, in words. */
  readonly aim: string | null;
}

/** Value at a share of the sorted samples, such as 0.99. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The value beside its baseline. */
export function ratioOf({ value, baseline }: Measurement): number | null {
  return baseline === null ? null : value / baseline.value;
}
