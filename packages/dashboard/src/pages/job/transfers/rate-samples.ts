/** How far a transfer was at a time. */
export interface RateSample {
  readonly atMs: number;
  readonly bytes: number;
}

/** Samples that a rate is made of: fewer foretell nothing, older ones say nothing about now. */
const LEAST = 3;
const MOST = 6;
/** Rates that differ by more than this part of their mean are not steady. */
const STEADY = 0.5;
/** Looks that follow each other faster than this, in milliseconds, tell more about the looking than about the transfer. */
const STEP_MS = 200;

/** The samples with one more. A transfer that has begun anew starts over. */
export function addSample(samples: readonly RateSample[], next: RateSample): readonly RateSample[] {
  const last = samples.at(-1);
  if (last === undefined || next.bytes < last.bytes) return [next];
  if (next.atMs - last.atMs < STEP_MS || next.bytes === last.bytes) return samples;
  return [...samples, next].slice(-MOST);
}

/** Bytes a second, when the rate is steady over at least three samples; else null. */
export function steadyRate(samples: readonly RateSample[]): number | null {
  if (samples.length < LEAST) return null;
  const rates = samples.slice(1).map((sample, index) => {
    const before = samples[index] ?? sample;
    return ((sample.bytes - before.bytes) * 1_000) / (sample.atMs - before.atMs);
  });
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  return Math.max(...rates) - Math.min(...rates) <= mean * STEADY ? mean : null;
}
