/** What a job asked for and what it used, and what it could ask for instead. */

/** What the report is made from; null where nothing is known. */
export interface EndFacts {
  readonly wallSeconds: number;
  readonly limitSeconds: number | null;
  /** User and system time of all its processes. */
  readonly cpuSeconds: number | null;
  /** Of all its nodes together. */
  readonly processors: number;
  /** The most that any one of its tasks held at a time. */
  readonly memoryBytes: number | null;
  /** Asked for, on each node. */
  readonly memoryPerNodeBytes: number | null;
}

/** The fields of a job request that the report may advise to change. */
export type WastefulField = 'maxRunTime' | 'processorsPerNode' | 'memoryPerNode';

/** A part of the report: what was used of what was asked for. */
export interface Share {
  readonly used: number;
  /** null: nothing was asked for. */
  readonly requested: number | null;
  /** `used` divided by `requested`, to two digits; null with it. */
  readonly share: number | null;
}

/** One waste, and what to do about it. */
export interface WasteNote {
  readonly field: WastefulField;
  readonly sentence: string;
}

/** The report; times in seconds, memory in bytes. */
export interface EndReport {
  readonly wallTime: Share;
  /** null where no accounting told. `requested` is the wall time of all processors. */
  readonly cpuTime: Share | null;
  readonly memory: Share | null;
  readonly notes: readonly WasteNote[];
}

/**
 * When a share is a waste worth a sentence: below `share`, of a request that is at least `from`, of a job that ran for at
 * least `ranSeconds`. A note too many is worse than one too few: short tests and small requests are left alone.
 */
export const WASTE_THRESHOLDS = {
  /** Half the limit left over keeps a job from being fitted in earlier. */
  maxRunTime: { share: 0.5, from: 30 * 60, ranSeconds: 60 },
  /** Below half of the processors, one of two did nothing. `from` counts processors. */
  processorsPerNode: { share: 0.5, from: 2, ranSeconds: 60 },
  /** What was measured is the largest task, not all of them: only a wide gap says something. */
  memoryPerNode: { share: 0.25, from: 4 * 2 ** 30, ranSeconds: 60 },
} as const satisfies Record<
  WastefulField,
  { readonly share: number; readonly from: number; readonly ranSeconds: number }
>;

/** Reports on a job that has ended. */
export function reportEnd(facts: EndFacts): EndReport {
  const { wallSeconds, limitSeconds, cpuSeconds, processors, memoryBytes, memoryPerNodeBytes } = facts;
  const wallTime = shareOf(wallSeconds, limitSeconds);
  const cpuTime = cpuSeconds === null ? null : shareOf(cpuSeconds, wallSeconds * processors);
  const memory = memoryBytes === null ? null : shareOf(memoryBytes, memoryPerNodeBytes);
  const notes = [
    isWaste('maxRunTime', wallTime, limitSeconds ?? 0, wallSeconds) && timeNote(wallTime),
    isWaste('processorsPerNode', cpuTime, processors, wallSeconds) && processorNote(cpuTime, processors),
    isWaste('memoryPerNode', memory, memoryPerNodeBytes ?? 0, wallSeconds) && memoryNote(memory),
  ];
  return { wallTime, cpuTime, memory, notes: notes.filter((note) => note !== false) };
}

function shareOf(used: number, requested: number | null): Share {
  const share = requested === null || requested <= 0 ? null : Math.round((used / requested) * 100) / 100;
  return { used, requested, share };
}

function isWaste(field: WastefulField, part: Share | null, asked: number, ranSeconds: number): part is Share {
  const threshold = WASTE_THRESHOLDS[field];
  const share = part?.share ?? null;
  return (
    share !== null && share < threshold.share && asked >= threshold.from && ranSeconds >= threshold.ranSeconds
  );
}

function timeNote({ used, share }: Share): WasteNote {
  return {
    field: 'maxRunTime',
    sentence: `It used ${percent(share)} of its time limit; with a maxRunTime of about ${suggestTime(used)} it may start earlier.`,
  };
}

function processorNote({ share }: Share, processors: number): WasteNote {
  const busy = Math.max(1, Math.ceil((share ?? 0) * processors));
  return {
    field: 'processorsPerNode',
    sentence: `Its ${processors} processors were busy for ${percent(share)} of the time, as much as ${busy} would have been; a smaller processorsPerNode wastes less.`,
  };
}

function memoryNote({ used, share }: Share): WasteNote {
  const gigabytes = Math.max(1, Math.ceil((used * 1.5) / 2 ** 30));
  return {
    field: 'memoryPerNode',
    sentence: `No task of it held more than ${percent(share)} of its memory; a memoryPerNode of about ${gigabytes} GB may be enough.`,
  };
}

function percent(share: number | null): string {
  return `${Math.round((share ?? 0) * 100)} %`;
}

/** Half as much again, up to the next quarter of an hour: `HH:MM:SS`. */
function suggestTime(seconds: number): string {
  const quarters = Math.max(1, Math.ceil((seconds * 1.5) / 900));
  const two = (number: number) => String(number).padStart(2, '0');
  return `${two(Math.floor(quarters / 4))}:${two((quarters % 4) * 15)}:00`;
}
