/** A transfer's times and bytes. */
export interface TransferTimes {
  readonly transferredBytes: number;
  readonly startedAt: Date;
  /** When it was last heard of, or ended. */
  readonly until: Date;
}

/** Bytes a second on average, whole; 0 where no time has passed (the guide's example shows that). */
export function averageRate({ transferredBytes, startedAt, until }: TransferTimes): number {
  const seconds = (until.getTime() - startedAt.getTime()) / 1000;
  return seconds > 0 ? Math.round(transferredBytes / seconds) : 0;
}
