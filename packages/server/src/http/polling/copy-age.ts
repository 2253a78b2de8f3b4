/** Milliseconds for which a copy counts that nothing has made stale. */
const LONGEST_MS = 60_000;

/**
 * Changes without an event are told by other processes as hints only, and a hint can be lost: with company, copies of
 * what still changes count for a few seconds. What has ended is hardly ever changed.
 */
const LONGEST_WITH_COMPANY_MS = 3_000;

/** How old a copy may be, in milliseconds. */
export function maxAgeMs(facts: { readonly hasCompany: boolean; readonly hasEnded: boolean }): number {
  return facts.hasCompany && !facts.hasEnded ? LONGEST_WITH_COMPANY_MS : LONGEST_MS;
}
