import type { Representation } from './representation.ts';

/** An answer about a job, kept while what it was made from is the present state. */
export interface Rendering {
  readonly representation: Representation;
  /** Sequence number of the last event that the answer knows of. */
  readonly seq: number;
  /** Time of the change clock at which what it shows was read. */
  readonly asOf: number;
  /** Monotonic milliseconds of the same. */
  readonly loadedAt: number;
  /** The objects that it was made from, compared by identity. */
  readonly sources: readonly unknown[];
  /** A list without entries. */
  readonly isEmpty: boolean;
}
