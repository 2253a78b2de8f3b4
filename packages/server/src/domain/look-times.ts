/** Looks in quick succession after something has changed on a system (RELIABILITY R7). */
const QUICK_LOOKS = 6;
/** How many times longer than a quick interval a calm one is: 15 s where the quick one is 5 s. */
const CALM_FACTOR = 3;
/** Part of an interval by which it is shorter or longer by chance, so that many systems are not looked at together. */
const JITTER = 0.1;

/** When a system is looked at again, in milliseconds after a look. */
export interface LookTimes {
  /** While something has changed for one of its jobs within `quickForMs`. */
  readonly quickMs: number;
  /** When nothing has. */
  readonly calmMs: number;
  readonly quickForMs: number;
}

/** The times for one system. `everyMs` is the quick interval; `chance` is a random number in [0, 1). */
export function lookTimes(everyMs: number, chance: number): LookTimes {
  const factor = 1 + JITTER * (2 * chance - 1);
  return {
    quickMs: everyMs * factor,
    calmMs: everyMs * CALM_FACTOR * factor,
    quickForMs: everyMs * (QUICK_LOOKS + 0.5),
  };
}

/** The longest time between two looks at a system, in milliseconds. */
export function longestLookMs(everyMs: number): number {
  return everyMs * CALM_FACTOR * (1 + JITTER);
}
