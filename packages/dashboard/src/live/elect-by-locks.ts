import type { Election } from './election.ts';

/** The part of the Web Locks API that the election needs. */
export interface Locks {
  request(
    name: string,
    options: { readonly signal?: AbortSignal; readonly steal?: boolean },
    callback: () => Promise<void>,
  ): Promise<void>;
}

/** The tab that holds the lock leads; the browser gives it on when that tab goes away, however it does. */
export function electByLocks(locks: Locks, name: string): Election {
  let standAgain = new AbortController();
  let mustSteal = false;
  const standOnce = async (lead: (signal: AbortSignal) => Promise<void>, until: AbortSignal) => {
    standAgain = new AbortController();
    const leading = new AbortController();
    const waiting = AbortSignal.any([until, standAgain.signal]);
    const options = mustSteal ? { steal: true } : { signal: waiting };
    mustSteal = false;
    try {
      await locks.request(name, options, () => lead(AbortSignal.any([until, leading.signal])));
    } catch {
      // The lock was stolen, or this tab does not wait for it any longer.
      leading.abort();
    }
  };
  return {
    run: async (lead, until) => {
      while (!until.aborted) await standOnce(lead, until);
    },
    depose: () => {
      mustSteal = true;
      standAgain.abort();
    },
  };
}
