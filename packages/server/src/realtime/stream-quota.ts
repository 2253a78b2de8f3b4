import { ApiError } from '@arras/contract';
import type { Viewer } from '../database/systems.ts';

/** Administrators run what follows the jobs of others: they get more. */
const ADMIN_FACTOR = 10;

/** Counts the open streams of each user in this process. */
export class StreamQuota {
  readonly #perUser: number;
  readonly #open = new Map<string, number>();

  constructor(perUser: number) {
    this.#perUser = perUser;
  }

  /** Throws ApiError `stream.too-many` when the user has as many as they may have. */
  check({ username, isAdmin }: Viewer): void {
    const most = isAdmin ? this.#perUser * ADMIN_FACTOR : this.#perUser;
    if ((this.#open.get(username) ?? 0) < most) return;
    throw new ApiError('stream.too-many', {
      message: `You have ${most} streams open, as many as you may have.`,
    });
  }

  take({ username }: Viewer): void {
    this.#open.set(username, (this.#open.get(username) ?? 0) + 1);
  }

  release({ username }: Viewer): void {
    const left = (this.#open.get(username) ?? 0) - 1;
    if (left > 0) this.#open.set(username, left);
    else this.#open.delete(username);
  }
}
