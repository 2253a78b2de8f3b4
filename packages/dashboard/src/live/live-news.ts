import type { JobEvent } from '@arras/contract';

/** What the stream tells. */
export type LiveNews =
  | { readonly kind: 'event'; readonly event: JobEvent }
  /** Something about a job changed that is no event. */
  | { readonly kind: 'changed'; readonly jobId: string }
  /** Something may have been missed: everything that is shown has to be read again. */
  | {
      readonly kind: 'resync';
      /** What was known may be of another time, as after the restore of a backup: numbers may go back. */
      readonly isReset: boolean;
    };

/** How the stream is: `reconnecting` from the moment it is lost, `offline` when that lasts. */
export interface LinkStatus {
  readonly state: 'live' | 'reconnecting' | 'offline';
  /** The last sign of life, in milliseconds of this browser's clock; null before the first one. */
  readonly asOfMs: number | null;
}
