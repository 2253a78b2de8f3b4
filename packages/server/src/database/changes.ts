import type { JobId } from '@arras/contract';

// What this process has just committed, told to whoever keeps copies or waits: caches, streams, dispatchers. Only hints
// cross processes (see change-channel.ts); the tables are the truth, and readers look into them again.

/** Something that a committed transaction has changed. */
export type Change =
  /** The job has events up to `seq`: who has seen that many has missed nothing. */
  | { readonly kind: 'events'; readonly id: JobId; readonly owner: string; readonly seq: number }
  /** Something that the job's views show is different, without an event. */
  | { readonly kind: 'job'; readonly id: JobId; readonly owner: string }
  /** A transfer of the job has come further. */
  | { readonly kind: 'progress'; readonly id: JobId }
  /** Somebody may see or do something else with a job than before. */
  | { readonly kind: 'permissions'; readonly id: JobId }
  /** A system was looked at, or its description or state is different. */
  | { readonly kind: 'system'; readonly id: string }
  /** Tokens were revoked or users disabled. */
  | { readonly kind: 'tokens' }
  /** There may be something to deliver. */
  | { readonly kind: 'deliveries' };

/** Hears of changes after their commit. Must not throw. */
export type ChangeListener = (change: Change) => void;

const listeners = new WeakMap<object, ChangeListener>();

/** Makes a database handle tell its changes. */
export function listenToChanges(db: object, listener: ChangeListener): void {
  listeners.set(db, listener);
}

/** Tells a change: at once, or with the commit when the handle is a transaction. */
export function announce(db: object, change: Change): void {
  listeners.get(db)?.(change);
}

/**
 * Runs a transaction's work with its changes held back; they are told once `commit` has resolved, and also when it has
 * failed: a commit whose answer was lost may have happened (RELIABILITY, fact 8), and one that did not costs readers
 * nothing but another look.
 */
export async function announceAfterCommit<T>(
  db: object,
  commit: (begin: (tx: object) => void) => Promise<T>,
): Promise<T> {
  const held: Change[] = [];
  try {
    return await commit((tx) => listenToChanges(tx, (change) => held.push(change)));
  } finally {
    for (const change of held) announce(db, change);
  }
}
