import { formatId, type IdOf } from '@arras/contract';

/** Makes a fresh id of a kind. */
export type NewId = <Kind extends keyof IdOf>(kind: Kind) => IdOf[Kind];

/**
 * Ids sort by creation even when several are made in the same microsecond, or when the clock is set back:
 * the time part never repeats within a process.
 */
export function createIdSource(seams: {
  readonly nowMs: () => number;
  readonly randomBytes: (size: number) => Uint8Array;
}): NewId {
  let lastMicros = 0n;
  return (kind) => {
    const nowMicros = BigInt(Math.trunc(seams.nowMs() * 1000));
    lastMicros = nowMicros > lastMicros ? nowMicros : lastMicros + 1n;
    return formatId(kind, { timeMicros: lastMicros, random: seams.randomBytes(6) });
  };
}
