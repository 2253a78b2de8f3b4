import type { JobId } from '@arras/contract';
import type { Change } from '../../database/changes.ts';

/** Subjects remembered one by one; above that many everything counts as changed. */
const MAX_SUBJECTS = 10_000;
/** Jobs whose last known event is remembered. */
const MAX_SEQS = 20_000;

/**
 * Numbers the changes that this process hears of. A copy that was read at one time of this clock is good while what it
 * depends on has not changed at a later one.
 */
export class ChangeClock {
  #now = 0;
  #anythingAt = 0;
  #jobsAt = 0;
  #permissionsAt = 0;
  readonly #ownersAt = new Map<string, number>();
  readonly #systemsAt = new Map<string, number>();
  readonly #seqs = new Map<JobId, number>();

  /** The number of the last change. */
  get now(): number {
    return this.#now;
  }

  /** When anything may have changed. */
  get anythingAt(): number {
    return this.#anythingAt;
  }

  /** When any job changed. */
  get jobsAt(): number {
    return this.#jobsAt;
  }

  /** When somebody's permissions on a job changed. */
  get permissionsAt(): number {
    return this.#permissionsAt;
  }

  /** When a job of the user changed. */
  ownerAt(username: string): number {
    return this.#ownersAt.get(username) ?? 0;
  }

  /** When something about the system changed; it is looked at all the time. */
  systemAt(id: string): number {
    return this.#systemsAt.get(id) ?? 0;
  }

  /** Takes a change; null: anything may have changed. */
  hear(change: Change | null): void {
    if (change === null) this.#anythingAt = this.#tick();
    else if (change.kind === 'events') this.#hearEvents(change);
    else if (change.kind === 'job') this.#jobChanged(change.owner);
    else if (change.kind === 'permissions') this.#permissionsAt = this.#tick();
    else if (change.kind === 'progress') this.#tick();
    else if (change.kind === 'system') this.#remember(this.#systemsAt, change.id);
  }

  /** Looks into the tables tell the same events again and again. */
  #hearEvents({ id, owner, seq }: Extract<Change, { readonly kind: 'events' }>): void {
    if ((this.#seqs.get(id) ?? 0) >= seq) return;
    this.#seqs.delete(id);
    this.#seqs.set(id, seq);
    const oldest = this.#seqs.keys().next().value;
    if (this.#seqs.size > MAX_SEQS && oldest !== undefined) this.#seqs.delete(oldest);
    this.#jobChanged(owner);
  }

  #jobChanged(owner: string): void {
    this.#remember(this.#ownersAt, owner);
    this.#jobsAt = this.#now;
  }

  #remember(times: Map<string, number>, subject: string): void {
    times.set(subject, this.#tick());
    if (times.size <= MAX_SUBJECTS) return;
    times.clear();
    this.#anythingAt = this.#now;
  }

  #tick(): number {
    this.#now += 1;
    return this.#now;
  }
}
